// The state of one open episode: the grid, its draft on the server, the live checks, the reasons for warnings.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { holdUnsaved, onSignInAgain } from "@/api/sign-in-end.ts";
import { Autosave } from "./autosave.ts";
import { contentOf, type Stands, sameStand } from "./conflict.ts";
import { holdTitle, isSavedDraft, judgeSave, runChecks, saveDraft } from "./data.ts";
import { type DraftBody, freshStart, packDraft, unpackDraft } from "./draft.ts";
import { type Keys, marksOf, type Placed, placeFindings, type Reasons, reasonKey } from "./findings.ts";
import { type Grid, openGrid, reduce, toCheck, toWire } from "./grid.ts";
import { Latest } from "./latest.ts";
import type { Workbench } from "./wire.ts";

const CHECK_DELAY_MS = 150;
const NONE: readonly Placed[] = [];

export type Checking = "fresh" | "asking" | "away";

export function useBench(wb: Workbench, editable: boolean) {
  const client = useQueryClient();
  const { episode } = wb;
  const on = episode.ended_on;
  const saved = useMemo(() => contentOf(wb), [wb]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that becomes editable goes on with what it shows.
  const opened = useMemo(() => {
    // The titles that came with the codes are shown at once, and looked at again for their marks.
    for (const line of [...(wb.coding?.diagnoses ?? []), ...(wb.draft?.diagnoses ?? [])])
      holdTitle(client, "icd10", on, line);
    for (const line of [...(wb.coding?.procedures ?? []), ...(wb.draft?.procedures ?? [])])
      holdTitle(client, "opcs4", on, line);
    for (const line of wb.before) holdTitle(client, line.system, on, line);
    return wb.draft && (editable || !wb.coding) ? unpackDraft(wb.draft) : freshStart(saved, wb.coding?.reasons ?? []);
  }, [wb, saved, client, on]);
  const [grid, dispatch] = useReducer(reduce, opened, ({ content, leftover }) =>
    openGrid(content, episode.started_on, leftover),
  );
  const [reasons, setReasons] = useState<Reasons>(opened.reasons);

  // Each saving tells how the episode stands now: codes, facts or documents may have come while it is open.
  const [stands, setStands] = useState<Stands | null>(null);
  const news = stands !== null && !sameStand(stands, episode);
  const autosave = useRef<Autosave<DraftBody> | null>(null);
  autosave.current ??= new Autosave<DraftBody>({
    save: async (body, version) => {
      const kept = await saveDraft(episode.episode_id, body, version);
      setStands(kept);
      return kept;
    },
    judge: judgeSave,
    mine: isSavedDraft,
    version: wb.draft?.version ?? 0,
    savedAt: wb.draft?.saved_at ?? null,
  });
  const keeper = autosave.current;
  const saving = useSyncExternalStore(keeper.subscribe, keeper.getState, keeper.getState);

  const body = useMemo(() => packDraft(grid, reasons, episode.coding_version), [grid, reasons, episode.coding_version]);
  const bodyText = JSON.stringify(body);
  const savedText = useRef(bodyText);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the body.
  useEffect(() => {
    if (!editable || bodyText === savedText.current) return;
    savedText.current = bodyText;
    keeper.change(body);
  }, [bodyText, editable, keeper]);

  useEffect(() => {
    const back = () => void keeper.retry();
    const leaving = (event: BeforeUnloadEvent) => {
      if (!keeper.unsaved) return;
      void keeper.flush();
      event.preventDefault();
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") void keeper.flush();
    };
    window.addEventListener("online", back);
    window.addEventListener("beforeunload", leaving);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("online", back);
      window.removeEventListener("beforeunload", leaving);
      document.removeEventListener("visibilitychange", hidden);
      void keeper.flush();
    };
  }, [keeper]);

  const checks = useChecks(wb, grid);
  const { recheck } = checks;
  useEffect(() => holdUnsaved({ unsaved: () => keeper.unsaved, save: () => keeper.flush() }), [keeper]);
  useEffect(
    () =>
      onSignInAgain((same) => {
        // Another person's sign-in must never carry this person's draft.
        if (!same) return keeper.stop();
        void keeper.retry();
        recheck(0);
      }),
    [keeper, recheck],
  );
  const codeOf = useCallback(
    (key: number) => [...grid.lists.diagnoses, ...grid.lists.procedures].find((line) => line.key === key)?.code ?? null,
    [grid.lists],
  );
  const unanswered = checks.placed.filter(
    (one) => one.finding.severity === "warn" && !reasons[reasonKey(one, codeOf)]?.trim(),
  );
  return { grid, dispatch, reasons, setReasons, saving, keeper, saved, body, codeOf, unanswered, news, ...checks };
}

export type Bench = ReturnType<typeof useBench>;

function useChecks(wb: Workbench, grid: Grid) {
  const [placed, setPlaced] = useState<readonly Placed[]>(NONE);
  const [checking, setChecking] = useState<Checking>("asking");
  const asked = useRef<Keys>({ diagnoses: [], procedures: [] });
  const wire = useMemo(() => toWire(grid.lists), [grid.lists]);
  // The facts may change while the page is open, and what is asked of the codes with them.
  const all = useMemo(() => ({ ...toCheck(grid.lists), facts: wb.facts }), [grid.lists, wb.facts]);
  const latest = useRef<Latest<typeof all, Awaited<ReturnType<typeof runChecks>>> | null>(null);
  latest.current ??= new Latest({
    delay: CHECK_DELAY_MS,
    ask: ({ diagnoses, procedures, facts }, signal) => runChecks({ episode: facts, diagnoses, procedures }, signal),
    answered: (answer, question) => {
      asked.current = question.keys;
      // Before the first code there is nothing to find fault with.
      const begun = question.diagnoses.length + question.procedures.length > 0;
      setPlaced(begun ? placeFindings(answer.items, question.keys) : NONE);
      setChecking("fresh");
    },
    failed: () => setChecking("away"),
  });
  const first = useRef(true);
  const recheck = useCallback(
    (delay?: number) => {
      setChecking("asking");
      latest.current?.ask(all, delay);
    },
    [all],
  );
  useEffect(() => {
    recheck(first.current ? 0 : undefined);
    first.current = false;
  }, [recheck]);
  useEffect(() => () => latest.current?.cancel(), []);
  const marks = useMemo(() => marksOf(placed), [placed]);
  return { placed, marks, checking, recheck, wire };
}
