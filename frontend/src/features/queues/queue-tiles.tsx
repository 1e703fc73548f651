import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import type { Schemas } from "@/api/client.ts";
import { count, counted } from "@/kit/numbers.ts";
import type { QueueSearch } from "./search.ts";

const TONES: Record<string, string> = {
  "0_2": "green",
  "3_5": "green",
  "6_10": "amber",
  "11_20": "orange",
  "21_plus": "red",
};

/** The five queues; each leads to its own list and back. The bar shows how old the work is, oldest to the right. */
export function QueueTiles({ counts, search }: { counts: Schemas["WorkCounts"]; search: QueueSearch }) {
  return (
    <ul className="qu-tiles">
      {counts.queues.map((queue) => {
        const chosen = search.queue === queue.queue;
        return (
          <li key={queue.queue}>
            <Link
              to="/queues"
              search={{ ...search, queue: chosen ? undefined : queue.queue }}
              className="qu-tile"
              aria-current={chosen ? "true" : undefined}
            >
              <span className="qu-tile__name">{queue.label}</span>
              <span className="qu-tile__number">{count(queue.count)}</span>
              <span className="qu-tile__note">
                {queue.count === 0 ? "empty" : `oldest ${counted(queue.oldest_days ?? 0, "day")}`}
                {queue.leased > 0 ? ` · ${queue.leased} open now` : ""}
              </span>
              <span className="qu-bar" aria-hidden="true">
                {queue.ages.map((band) =>
                  band.count === 0 ? null : (
                    <i
                      key={band.band}
                      className={`qu-bar__${TONES[band.band] ?? "green"}`}
                      style={{ "--share": band.count } as CSSProperties}
                    />
                  ),
                )}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
