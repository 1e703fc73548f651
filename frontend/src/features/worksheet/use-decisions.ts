// Decisions are sent in their order, one at a time, each on the version that the one before it left: a key is never lost
// to the one pressed before it had an answer.
import { useCallback, useRef, useState } from "react";
import { type Decision, decide, type Position, type Worksheet } from "./data.ts";
import { foreseen, whole } from "./decide.ts";

export type Saving = "saved" | "saving" | "refused";

export function useDecisions(opened: Worksheet) {
  const [sheet, setSheet] = useState(opened);
  const [problem, setProblem] = useState<unknown>(null);
  const [saving, setSaving] = useState<Saving>("saved");
  const latest = useRef(opened);
  const waiting = useRef(new Map<number, Decision>());
  const running = useRef<Promise<void> | null>(null);

  const show = useCallback((next: Worksheet) => {
    latest.current = next;
    setSheet(next);
  }, []);

  const send = useCallback(async () => {
    while (waiting.current.size > 0) {
      const batch = [...waiting.current.values()];
      waiting.current.clear();
      try {
        const { item } = latest.current;
        const answered = await decide(item.item_id, batch, item.version);
        // What was decided meanwhile stands over what the server knew.
        show({
          ...answered,
          positions: answered.positions.map((one) => {
            const later = waiting.current.get(one.no);
            return later ? foreseen(one, later) : one;
          }),
        });
        setProblem(null);
      } catch (error) {
        waiting.current.clear();
        setProblem(error);
        setSaving("refused");
        return;
      }
    }
    setSaving("saved");
  }, [show]);

  /** Resolves when everything decided so far is on the server, or was refused. */
  const settled = useCallback(async () => {
    while (running.current) await running.current;
  }, []);

  const put = useCallback(
    (position: Position, decision: Decision): Promise<void> => {
      waiting.current.set(decision.no, decision);
      setSaving("saving");
      show({
        ...latest.current,
        positions: latest.current.positions.map((one) =>
          one.no === position.no
            ? {
                ...foreseen(one, decision),
                missing: whole(one, decision, latest.current.method.not_counted) ? [] : one.missing,
              }
            : one,
        ),
      });
      running.current ??= send().finally(() => {
        running.current = null;
      });
      return running.current;
    },
    [send, show],
  );

  return { sheet, show, put, settled, problem, setProblem, saving, latest };
}
