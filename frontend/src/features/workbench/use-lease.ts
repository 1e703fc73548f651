// The episode is lent to one person at a time. While that person works the loan is renewed; when it is lost to someone
// else the page says who has it, and keeps what was typed.
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "@/api/problem.ts";
import { time } from "@/kit/dates.ts";
import type { WorkItem } from "@/parts/coding/wire.ts";
import { renewLease } from "./data.ts";

const RENEW_EVERY_MS = 3 * 60_000;

export function useLease(item: WorkItem | null) {
  const [until, setUntil] = useState(item?.lease_owner?.me ? item.lease_until : null);
  const [itemVersion, setItemVersion] = useState(item?.version ?? 0);
  const [lost, setLost] = useState<string | null>(null);
  const active = useRef(true);
  const episodeId = item?.episode_id;
  // The page was read again while it stayed open.
  useEffect(() => {
    setUntil(item?.lease_owner?.me ? item.lease_until : null);
    setItemVersion(item?.version ?? 0);
  }, [item]);
  const mine = until !== null && lost === null;

  const lose = useCallback((error: Problem) => {
    const owner = error.document.lease_owner ?? error.document.owner ?? error.document.name;
    const name =
      typeof owner === "string"
        ? owner
        : owner && typeof owner === "object" && "name" in owner
          ? String(owner.name)
          : null;
    setLost(name ? `${name} has this episode now.` : "You no longer hold this episode.");
  }, []);

  useEffect(() => {
    if (!mine || !episodeId) return;
    const stirred = () => {
      active.current = true;
    };
    const renew = async () => {
      // Nobody at the keyboard: the loan runs out and the episode goes back to the queue.
      if (!active.current) return;
      active.current = false;
      try {
        const renewed = await renewLease(episodeId);
        setUntil(renewed.lease_until);
        setItemVersion(renewed.version);
      } catch (error) {
        if (error instanceof Problem && (error.status === 409 || error.status === 404)) lose(error);
      }
    };
    const timer = setInterval(renew, RENEW_EVERY_MS);
    for (const kind of ["keydown", "pointerdown", "scroll"] as const)
      document.addEventListener(kind, stirred, { capture: true, passive: true });
    return () => {
      clearInterval(timer);
      for (const kind of ["keydown", "pointerdown", "scroll"] as const)
        document.removeEventListener(kind, stirred, { capture: true });
    };
  }, [mine, episodeId, lose]);

  return { mine, lost, lose, itemVersion, words: mine && until ? `Yours until ${time(until)}` : null };
}
