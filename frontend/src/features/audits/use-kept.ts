// Keeps what a step of the set-up says as it is said: half a second after the last change, one save at a time.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { type AuditEdit, editAudit } from "./data.ts";

export type Kept<Value> = {
  value: Value;
  set: (change: Partial<Value>) => void;
  state: "kept" | "typing" | "saving" | "refused";
  error: unknown;
  /** Saves what is not saved yet; true when all is kept. */
  flush: () => Promise<boolean>;
};

export function useKept<Value extends object>(
  audit: Audit,
  initial: Value,
  bodyOf: (value: Value) => AuditEdit | null,
): Kept<Value> {
  const client = useQueryClient();
  const [value, setValue] = useState(initial);
  const [state, setState] = useState<Kept<Value>["state"]>("kept");
  const [error, setError] = useState<unknown>(null);
  const now = useRef(value);
  const saved = useRef(JSON.stringify(bodyOf(initial)));
  const running = useRef<Promise<boolean> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const body = useRef(bodyOf);
  body.current = bodyOf;

  const flush = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    if (running.current) await running.current;
    const edit = body.current(now.current);
    const words = JSON.stringify(edit);
    if (edit === null) return false;
    if (words === saved.current) {
      setState("kept");
      setError(null);
      return true;
    }
    const key = auditQuery(audit.audit_id).queryKey;
    setState("saving");
    const run = editAudit(client.getQueryData(key) ?? audit, edit).then(
      (changed) => {
        saved.current = words;
        client.setQueryData(key, changed);
        setState("kept");
        setError(null);
        return true;
      },
      (refused: unknown) => {
        setState("refused");
        setError(refused);
        return false;
      },
    );
    running.current = run;
    const done = await run;
    running.current = null;
    return done;
  }, [audit, client]);

  const set = useCallback(
    (change: Partial<Value>) => {
      now.current = { ...now.current, ...change };
      setValue(now.current);
      setState("typing");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), 500);
    },
    [flush],
  );

  useEffect(() => () => clearTimeout(timer.current), []);
  return { value, set, state, error, flush };
}
