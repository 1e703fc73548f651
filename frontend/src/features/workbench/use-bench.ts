// The state of one open episode: the grid, its draft on the server, the live checks, the reasons for warnings.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { Autosave } from "@/parts/coding/autosave.ts";
import { holdTitle, isSavedDraft, judgeSave } from "@/parts/coding/data.ts";
import { type DraftBody, freshStart, packDraft, unpackDraft } from "@/parts/coding/draft.ts";
import { type Reasons, reasonKey } from "@/parts/coding/findings.ts";
import { openGrid, reduce } from "@/parts/coding/grid.ts";
import { useChecks } from "@/parts/coding/use-checks.ts";
import { useKeeper } from "@/parts/coding/use-keeper.ts";
import type { Workbench } from "@/parts/coding/wire.ts";
import { contentOf, type Stands, sameStand } from "./conflict.ts";
import { saveDraft } from "./data.ts";

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
    openGrid(content, episode.started_on, leftover, episode.ended_on),
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

  const checks = useChecks(wb.facts, grid);
  const { recheck } = checks;
  useKeeper(keeper, recheck);
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
