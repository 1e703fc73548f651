// The auditor's own codes while they type: the grid, its draft on the server, the live checks.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer, useRef, useSyncExternalStore } from "react";
import { Autosave } from "@/parts/coding/autosave.ts";
import { holdTitle, isSavedDraft, judgeSave } from "@/parts/coding/data.ts";
import { type DraftBody, freshStart, packDraft, unpackDraft } from "@/parts/coding/draft.ts";
import { type Content, openGrid, reduce } from "@/parts/coding/grid.ts";
import { useChecks } from "@/parts/coding/use-checks.ts";
import { useKeeper } from "@/parts/coding/use-keeper.ts";
import { saveAuditDraft, type Worksheet } from "./data.ts";

const EMPTY: Content = { diagnoses: [], procedures: [] };

/** What the grid opens with: the draft; in a review the coder's codes; in a blind audit nothing. */
export function startOf(sheet: Worksheet, revising: boolean): Content {
  const from = revising ? (sheet.revised ?? sheet.codes) : sheet.coder;
  return from
    ? {
        diagnoses: from.diagnoses.map(({ code }) => ({ code })),
        procedures: from.procedures.map(({ code, on }) => ({ code, on })),
      }
    : EMPTY;
}

export function useOwnCodes(sheet: Worksheet, { editable, revising }: { editable: boolean; revising: boolean }) {
  const client = useQueryClient();
  const on = sheet.episode.ended_on;
  const opened = useMemo(() => {
    for (const list of [sheet.draft, sheet.coder, sheet.codes, sheet.revised]) {
      for (const line of list?.diagnoses ?? []) holdTitle(client, "icd10", on, line);
      for (const line of list?.procedures ?? []) holdTitle(client, "opcs4", on, line);
    }
    for (const line of sheet.before) holdTitle(client, line.system, on, line);
    return sheet.draft && !revising ? unpackDraft(sheet.draft) : freshStart(startOf(sheet, revising));
  }, [sheet, revising, client, on]);
  const [grid, dispatch] = useReducer(reduce, opened, ({ content, leftover }) =>
    openGrid(content, sheet.episode.started_on, leftover, sheet.episode.ended_on),
  );
  const autosave = useRef<Autosave<DraftBody> | null>(null);
  autosave.current ??= new Autosave<DraftBody>({
    save: ({ diagnoses, procedures, note }, version) =>
      saveAuditDraft(sheet.item.item_id, { diagnoses, procedures, note }, version),
    judge: judgeSave,
    mine: isSavedDraft,
    version: sheet.draft?.version ?? 0,
    savedAt: sheet.draft?.saved_at ?? null,
  });
  const keeper = autosave.current;
  const saving = useSyncExternalStore(keeper.subscribe, keeper.getState, keeper.getState);
  const body = useMemo(() => packDraft(grid, {}, 0), [grid]);
  const text = JSON.stringify(body);
  const kept = useRef(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the body.
  useEffect(() => {
    if (!editable || revising || text === kept.current) return;
    kept.current = text;
    keeper.change(body);
  }, [text, editable, revising, keeper]);
  const checks = useChecks(sheet.facts, grid);
  useKeeper(keeper, checks.recheck);
  return { grid, dispatch, keeper, saving, ...checks };
}
