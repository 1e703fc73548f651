// Coding an audited episode from its record, as a coder does: the same grid, search, checks and documents.
import { useEffect, useRef, useState } from "react";
import { Problem } from "@/api/problem.ts";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { Checks } from "@/parts/coding/checks.tsx";
import { CodeGrid } from "@/parts/coding/code-grid.tsx";
import type { ListName } from "@/parts/coding/codes.ts";
import { CodedBefore, Documents } from "@/parts/coding/documents.tsx";
import { hop } from "@/parts/coding/hop.ts";
import { Keys } from "@/parts/coding/keys.tsx";
import { Panes } from "@/parts/coding/panes.tsx";
import { useSay } from "@/parts/coding/say.ts";
import { useStanding } from "@/parts/coding/use-standing.ts";
import { releaseItem, renewItem, reviseCodes, saveCodes, type Worksheet } from "./data.ts";
import { useOwnCodes } from "./use-own-codes.ts";

const GROUP = "Worksheet";
const RENEW_MS = 5 * 60_000;

export function OwnCodes({
  sheet,
  revising,
  onSaved,
  onLeft,
  onUnsafe,
  onBack,
}: {
  sheet: Worksheet;
  revising: boolean;
  onSaved: (next: Worksheet) => void;
  onLeft: () => void;
  onUnsafe: () => void;
  /** Back to the comparison, without revising. */
  onBack: (() => void) | null;
}) {
  const { item, episode } = sheet;
  const may = revising ? sheet.can.revise : sheet.can.save_codes;
  const editable = may === true;
  const own = useOwnCodes(sheet, { editable, revising });
  const { grid, dispatch } = own;
  const [focusTick, setFocusTick] = useState(0);
  const [said, say] = useSay();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [reason, setReason] = useState("");
  // Whether to save as soon as the checks have answered.
  const [due, setDue] = useState(false);

  const greeted = useRef(false);
  useEffect(() => {
    if (greeted.current) return;
    greeted.current = true;
    if (editable) setFocusTick(1);
    say(revising ? "Your codes, to be revised" : "Code the episode from its record. The coder’s codes are hidden.");
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number says that something new was said.
  useEffect(() => say(grid.said.text), [grid.said.n, say]);
  useEffect(() => {
    if (!editable || revising) return;
    const timer = setInterval(() => void renewItem(item.item_id).catch(() => {}), RENEW_MS);
    return () => clearInterval(timer);
  }, [editable, revising, item.item_id]);

  const focusGrid = () => setFocusTick((tick) => tick + 1);
  // Warnings need no reason here: it is the auditor's record of what is due, not the Trust's.
  const { standing, note, asks, lead, goTo } = useStanding({
    bench: { ...own, unanswered: [] },
    readOnly: !editable,
    refusal: typeof may === "string" ? may : null,
    changeReason: revising ? reason : null,
    reasonField: "#ws-reason",
    say,
    focusGrid,
  });

  const save = async () => {
    if (busy || !editable) return;
    // A key pressed before the checks have answered counts when they have: on what they say of the codes as they are.
    if (own.checking === "asking") return setDue(true);
    if (standing) return lead();
    if (asks()) return;
    setBusy(true);
    setProblem(null);
    try {
      const { diagnoses, procedures } = own.wire;
      if (revising)
        onSaved(await reviseCodes(item.item_id, { diagnoses, procedures, reason: reason.trim() }, item.version));
      else {
        await own.keeper.flush();
        const next = await saveCodes(item.item_id, { diagnoses, procedures }, item.version);
        own.keeper.stop();
        onSaved(next);
      }
    } catch (error) {
      setBusy(false);
      if (error instanceof Problem && error.slug === "checks-fail") own.recheck(0);
      setProblem(error);
      say(refusalOf(error).title);
    }
  };
  useEffect(() => {
    if (!due || own.checking === "asking") return;
    setDue(false);
    void save();
  });
  const release = async () => {
    try {
      own.keeper.stop();
      await releaseItem(item.item_id);
      onLeft();
    } catch (error) {
      setProblem(error);
    }
  };

  const key = (keys: string, label: string, onPress: () => void) => ({ keys, label, group: GROUP, onPress });
  const have = (list: ListName, code: string) => grid.lists[list].some((line) => line.code === code);
  const editionOf = (system: "icd10" | "opcs4", name: string) => ({
    title: sheet.editions[system]?.title ?? `${name}: no edition for this day`,
    starter: sheet.editions[system]?.starter ?? false,
  });
  return (
    <>
      <Keys
        keys={[
          editable ? key("Ctrl+Enter", revising ? "Save the revision" : "Save and lock my codes", save) : null,
          sheet.can.mark_unsafe === true && !revising ? key("Alt+U", "Mark unsafe to audit", onUnsafe) : null,
          onBack ? key("Alt+V", "Back to the comparison", onBack) : null,
          sheet.can.release === true && !revising ? key("Alt+R", "Give the episode back", release) : null,
          key("Ctrl+ArrowDown", "Next part of the page", () => hop(1)),
          key("Ctrl+ArrowUp", "Part of the page before", () => hop(-1)),
        ]}
      />
      {problem ? (
        <div className="wb-banners">
          <Banner kind="error">
            <b>{refusalOf(problem).title}</b> {refusalOf(problem).detail}
          </Banner>
        </div>
      ) : null}
      <Panes
        left={
          <>
            <Documents documents={sheet.documents} />
            <CodedBefore
              before={sheet.before}
              have={have}
              onAdd={(list, lines, from) => dispatch({ type: "copy", list, lines, from })}
              readOnly={!editable}
            />
          </>
        }
        middle={
          <>
            <CodeGrid
              {...{ grid, dispatch, focusTick, say }}
              readOnly={!editable}
              on={episode.ended_on}
              editions={{ diagnoses: editionOf("icd10", "ICD-10"), procedures: editionOf("opcs4", "OPCS-4") }}
              marks={own.marks}
              coded={false}
            />
            {revising ? (
              <div className="wb-change">
                <label htmlFor="ws-reason">Why do your codes change?</label>
                <input
                  id="ws-reason"
                  className="cw-input cw-input--compact"
                  type="text"
                  maxLength={300}
                  autoComplete="off"
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />
              </div>
            ) : null}
          </>
        }
        right={<Checks bench={own} answers={null} coding={null} readOnly={!editable} onGo={goTo} />}
      />
      <div className="wb-foot">
        <span className="wb-foot__saved" data-saving={own.saving.kind}>
          {revising ? "What you saved first stays as it is." : savedWords(own.saving)}
        </span>
        {sheet.can.release === true && !revising ? (
          <Button keys="Alt+R" onClick={release}>
            Give back
          </Button>
        ) : null}
        {onBack ? (
          <Button keys="Alt+V" onClick={onBack}>
            Do not revise
          </Button>
        ) : null}
        <span className="wb-foot__between">{standing ?? note}</span>
        {editable ? (
          <Button look="primary" keys="Ctrl+Enter" busy={busy || due} refusal={standing} onClick={save}>
            {revising
              ? "Save the revision"
              : sheet.audit.mode === "blind"
                ? "Save, lock and compare"
                : "Save and compare"}
          </Button>
        ) : null}
      </div>
      <div className="cw-hidden" role="status" aria-live="polite">
        {said}
      </div>
    </>
  );
}

function savedWords(saving: ReturnType<typeof useOwnCodes>["saving"]): string {
  switch (saving.kind) {
    case "clean":
      return saving.savedAt ? `Saved ${instantNear(saving.savedAt)}` : "Nothing typed yet";
    case "waiting":
    case "saving":
      return "Saving";
    case "offline":
      return "Not saved: no connection. Kept here, and sent when it is back.";
    case "conflict":
      return "Not saved: changed in another window. Reload to see it.";
    case "refused":
      return "Not saved. Your codes are kept on this page.";
  }
}
