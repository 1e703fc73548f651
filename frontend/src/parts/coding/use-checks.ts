// The checks of the codes as they stand: asked a moment after each change, and only the newest answer counts.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { runChecks } from "./data.ts";
import { type Keys, marksOf, type Placed, placeFindings } from "./findings.ts";
import type { Grid } from "./grid.ts";
import { toCheck, toWire, unreadDay } from "./grid-ask.ts";
import { Latest } from "./latest.ts";

const CHECK_DELAY_MS = 150;
const NONE: readonly Placed[] = [];

export type Checking = "fresh" | "asking" | "away";

/** What of an open grid the panel of checks shows and leads to. */
export interface Checked {
  readonly grid: Grid;
  readonly placed: readonly Placed[];
  readonly checking: Checking;
  readonly recheck: (delay?: number) => void;
}

export function useChecks(facts: Schemas["CheckFacts"], grid: Grid) {
  const [placed, setPlaced] = useState<readonly Placed[]>(NONE);
  const [checking, setChecking] = useState<Checking>("asking");
  const asked = useRef<Keys>({ diagnoses: [], procedures: [] });
  const wire = useMemo(() => toWire(grid.lists), [grid.lists]);
  // The facts may change while the page is open, and what is asked of the codes with them.
  const undated = unreadDay(grid);
  const all = useMemo(() => ({ ...toCheck(grid.lists, undated), facts }), [grid.lists, undated, facts]);
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
