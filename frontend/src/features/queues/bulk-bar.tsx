// What can be done with the chosen rows, on a line that is always there, so that nothing jumps when one is chosen.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/kit/button.tsx";
import { time } from "@/kit/dates.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { AssignDialog, MoveDialog } from "./bulk.dialogs.tsx";
import { type MovedMany, undoMove } from "./data.ts";

export function BulkBar({
  chosen,
  manages,
  canAssign,
  canMove,
  asOf,
  onRefresh,
  onClear,
}: {
  chosen: readonly string[];
  manages: boolean;
  canAssign: boolean;
  canMove: boolean;
  asOf: number;
  onRefresh: () => void;
  onClear: () => void;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState<"assign" | "hold" | "move" | null>(null);
  const [skipped, setSkipped] = useState<MovedMany["skipped"]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const refresh = () => {
    for (const key of ["list_work_items", "count_work_items", "list_my_work", "list_assignees"])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const undo = async (moveId: string) => {
    try {
      const back = await undoMove(moveId);
      confirmDone(`Undone: ${counted(back.moved, "episode")} back where they were`);
      setSkipped(back.skipped);
    } catch (error) {
      setProblem(error);
    }
    refresh();
  };
  const done = (verb: string) => (result: MovedMany, words: string) => {
    setOpen(null);
    setSkipped(result.skipped);
    setProblem(null);
    onClear();
    refresh();
    if (result.moved > 0)
      confirmDone(`${counted(result.moved, "episode")} ${verb} ${words}`, {
        label: "Undo",
        onPress: () => void undo(result.move_id),
      });
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a row of actions is no fieldset of a form. */}
      <div
        className={chosen.length > 0 ? "qu-bulk qu-bulk--on" : "qu-bulk"}
        role="group"
        aria-label="What to do with the chosen episodes"
      >
        {chosen.length > 0 ? (
          <>
            <b role="status">{chosen.length} selected</b>
            {canAssign ? (
              <Button look="link" onClick={() => setOpen("assign")}>
                Assign
              </Button>
            ) : null}
            {canMove ? (
              <>
                <Button look="link" onClick={() => setOpen("hold")}>
                  Hold until…
                </Button>
                <Button look="link" onClick={() => setOpen("move")}>
                  Move to queue
                </Button>
              </>
            ) : null}
            <span className="cw-push" />
            <Button look="link" onClick={onClear}>
              Clear selection
            </Button>
          </>
        ) : (
          <>
            <span className="cw-quiet">
              {manages
                ? "Select rows to assign, hold or move several at once."
                : "Open a row to read the episode, or take the next."}
            </span>
            <span className="cw-push" />
            <span className="cw-quiet">{asOf ? `As of ${time(asOf)}` : ""}</span>
            <Button look="link" onClick={onRefresh}>
              Refresh
            </Button>
          </>
        )}
      </div>
      {problem ? <ErrorState error={problem} /> : null}
      {skipped.length > 0 ? (
        <Banner kind="warn">
          <b>
            {counted(skipped.length, "episode")} stayed where {skipped.length === 1 ? "it was" : "they were"}:
          </b>{" "}
          {[...new Set(skipped.map((one) => one.reason))].join("; ")}{" "}
          <Button look="link" onClick={() => setSkipped([])}>
            Dismiss
          </Button>
        </Banner>
      ) : null}
      {open === "assign" ? <AssignDialog ids={chosen} onClose={() => setOpen(null)} onDone={done("assigned")} /> : null}
      {open === "hold" || open === "move" ? (
        <MoveDialog ids={chosen} hold={open === "hold"} onClose={() => setOpen(null)} onDone={done("moved")} />
      ) : null}
    </>
  );
}
