// What can be done with the chosen rows, on a line that is always there, so that nothing jumps when one is chosen.
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/kit/button.tsx";
import { time } from "@/kit/dates.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { AssignDialog, MoveDialog } from "./bulk.dialogs.tsx";
import { type MovedMany, undoMove, type WorkItem } from "./data.ts";
import { describe } from "./work-table.tsx";

export function BulkBar({
  chosen,
  manages,
  canAssign,
  canMove,
  asOf,
  onRefresh,
  onClear,
}: {
  chosen: readonly WorkItem[];
  manages: boolean;
  canAssign: boolean;
  canMove: boolean;
  asOf: number;
  onRefresh: () => void;
  onClear: () => void;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState<"assign" | "hold" | "move" | null>(null);
  // What stayed, with what it was called in the list when it was chosen: the list is read anew after a move.
  const [stayed, setStayed] = useState<readonly Stayed[]>([]);
  const named = (skipped: MovedMany["skipped"], items: readonly WorkItem[]): Stayed[] =>
    skipped.map(({ episode_id, reason }) => ({
      episode_id,
      reason,
      item: items.find((one) => one.episode_id === episode_id) ?? null,
    }));
  const [problem, setProblem] = useState<unknown>(null);
  const refresh = () => {
    for (const key of [
      "list_work_items",
      "count_work_items",
      "count_work_items_by_specialty",
      "list_my_work",
      "list_assignees",
    ])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const undo = async (moveId: string, items: readonly WorkItem[]) => {
    try {
      const back = await undoMove(moveId);
      confirmDone(`Undone: ${counted(back.moved, "episode")} back where they were`);
      setStayed(named(back.skipped, items));
    } catch (error) {
      setProblem(error);
    }
    refresh();
  };
  const done = (verb: string) => (result: MovedMany, words: string) => {
    setOpen(null);
    setStayed(named(result.skipped, chosen));
    setProblem(null);
    onClear();
    refresh();
    if (result.moved > 0)
      confirmDone(`${counted(result.moved, "episode")} ${verb} ${words}`, {
        label: "Undo",
        onPress: () => void undo(result.move_id, chosen),
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
      {stayed.length > 0 ? <StayedBanner stayed={stayed} onDismiss={() => setStayed([])} /> : null}
      {open === "assign" ? (
        <AssignDialog items={chosen} onClose={() => setOpen(null)} onDone={done("assigned")} />
      ) : null}
      {open === "hold" || open === "move" ? (
        <MoveDialog items={chosen} hold={open === "hold"} onClose={() => setOpen(null)} onDone={done("moved")} />
      ) : null}
    </>
  );
}

export type Stayed = { episode_id: string; reason: string; item: WorkItem | null };

/** Names each episode that stayed, and why. */
export function StayedBanner({ stayed, onDismiss }: { stayed: readonly Stayed[]; onDismiss: () => void }) {
  return (
    <Banner kind="warn">
      <p>
        <b>
          {counted(stayed.length, "episode")} stayed where {stayed.length === 1 ? "it was" : "they were"}:
        </b>
      </p>
      <ul className="qu-stayed">
        {stayed.map(({ episode_id, reason, item }) => (
          <li key={episode_id}>
            <Link to="/episodes/$episodeId" params={{ episodeId: episode_id }}>
              {item ? `${item.queue_label}: ${describe(item)}` : "An episode"}
            </Link>
            : {reason}
          </li>
        ))}
      </ul>
      <Button look="link" onClick={onDismiss}>
        Dismiss
      </Button>
    </Banner>
  );
}
