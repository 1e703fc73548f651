import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";

/** A bar with its words. A screen reader hears the words at most every ten seconds, and at the end. */
export function Progress({
  label,
  done,
  total,
  words,
  spoken,
  finished,
}: {
  label: string;
  done: number;
  total: number | null;
  words: ReactNode;
  spoken: string;
  finished: boolean;
}) {
  const [said, setSaid] = useState("");
  const saidAt = useRef(0);
  useEffect(() => {
    const wait = finished ? 0 : Math.max(0, saidAt.current + 10_000 - Date.now());
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
      setSaid(spoken);
    }, wait);
    return () => clearTimeout(timer);
  }, [spoken, finished]);
  return (
    <div className="cw-progress">
      <progress aria-label={label} max={total ?? 1} value={total === null ? undefined : done} />
      <div className="cw-progress__words">{words}</div>
      <div className="cw-hidden" role="status" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
