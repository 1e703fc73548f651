import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client.ts";
import { count } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";

type Band = Schemas["AgeBand"];

/** `0–2`, `21+`. */
export function bandWords({ from_days, to_days }: Pick<Band, "from_days" | "to_days">): string {
  return to_days === null ? `${from_days}+` : `${from_days}–${to_days}`;
}

/** Each queue by the age of its episodes; a number leads to exactly those. */
export function QueuesByAge({ counts }: { counts: UseQueryResult<Schemas["WorkCounts"]> }) {
  const bands = counts.data?.queues[0]?.ages ?? [];
  return (
    <section aria-labelledby="queues-title">
      <div className="cw-section__head">
        <h2 id="queues-title">Queues by days since discharge</h2>
      </div>
      {counts.isPending ? <SkeletonRows rows={5} /> : null}
      {counts.isError ? <ErrorState error={counts.error} onRetry={() => counts.refetch()} /> : null}
      {counts.data?.total === 0 ? (
        <EmptyState title="Every episode is coded">
          <p>New ones appear here as they arrive from the PAS.</p>
        </EmptyState>
      ) : null}
      {counts.data && counts.data.total > 0 ? (
        <div className="cw-table-region">
          <table className="cw-table home__ages">
            <caption className="cw-hidden">Episodes not coded, by queue and days since discharge</caption>
            <thead>
              <tr>
                <th scope="col">Queue</th>
                {bands.map((band) => (
                  <th key={band.band} scope="col" className="cw-right cw-nowrap">
                    {bandWords(band)}
                  </th>
                ))}
                <th scope="col" className="cw-right">
                  All
                </th>
                <th scope="col" className="cw-right">
                  Free
                </th>
                <th scope="col" className="cw-right">
                  Oldest
                </th>
              </tr>
            </thead>
            <tbody>
              {counts.data.queues.map((queue) => (
                <tr key={queue.queue}>
                  <th scope="row">
                    <Link to="/queues" search={{ queue: queue.queue }}>
                      {queue.label}
                    </Link>
                  </th>
                  {queue.ages.map((band) => (
                    <td key={band.band} className="cw-right">
                      {band.count > 0 ? (
                        <Link
                          className="home__number"
                          to="/queues"
                          search={{
                            queue: queue.queue,
                            min_age: String(band.from_days),
                            ...(band.to_days === null ? null : { max_age: String(band.to_days) }),
                          }}
                        >
                          {count(band.count)}
                        </Link>
                      ) : (
                        <span className="cw-quiet">0</span>
                      )}
                    </td>
                  ))}
                  <td className="cw-right">
                    <strong>{count(queue.count)}</strong>
                  </td>
                  <td className="cw-right">{count(queue.free)}</td>
                  <td className="cw-right">
                    {queue.oldest_days === null ? <span className="cw-quiet">none</span> : `${queue.oldest_days} d`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </section>
  );
}
