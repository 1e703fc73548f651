import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client.ts";
import { Tag } from "@/kit/bits.tsx";
import { day, month } from "@/kit/dates.ts";
import { workingDays } from "@/kit/due.ts";
import { count } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";

export function Deadlines({ deadlines }: { deadlines: UseQueryResult<Schemas["Deadlines"]> }) {
  // What is true of every date is said once.
  const all = deadlines.data?.items.every((item) => item.provisional) === true;
  return (
    <section aria-labelledby="deadlines-title">
      <div className="cw-section__head">
        <h2 id="deadlines-title">Days to flex and freeze</h2>
        <Link className="cw-small" to="/sus-timetable">
          Whole timetable
        </Link>
      </div>
      {deadlines.isPending ? <SkeletonRows rows={4} /> : null}
      {deadlines.isError ? <ErrorState error={deadlines.error} onRetry={() => deadlines.refetch()} /> : null}
      {deadlines.data?.items.length === 0 ? (
        <EmptyState title="No deadlines are known">
          <p>The SUS timetable of this year is not loaded. A coding manager or system administrator can load it.</p>
        </EmptyState>
      ) : null}
      {deadlines.data && deadlines.data.items.length > 0 ? (
        <div className="cw-table-region">
          <table className="cw-table home__deadlines">
            <caption className="cw-hidden">Next SUS inclusion dates and what is not coded</caption>
            <thead>
              <tr>
                <th scope="col">Month</th>
                <th scope="col">Date</th>
                <th scope="col" className="cw-right">
                  Working days
                </th>
                <th scope="col" className="cw-right">
                  Not coded
                </th>
              </tr>
            </thead>
            <tbody>
              {deadlines.data.items.map((item) => (
                <tr key={`${item.phase}${item.activity_month}`}>
                  <th scope="row" className="cw-nowrap">
                    {month(item.activity_month).slice(0, 3)} {item.phase}
                  </th>
                  <td>
                    <span className="cw-nowrap">{day(item.inclusion_on)}</span>{" "}
                    {item.provisional && !all ? <Tag>provisional</Tag> : null}
                  </td>
                  <td className="cw-right" title={workingDays(item.working_days, item.days)}>
                    {item.working_days <= 3 ? <Tag tone="red">{item.working_days}</Tag> : item.working_days}
                  </td>
                  <td className="cw-right">
                    <span className="cw-nowrap">
                      {count(item.uncoded)} <span className="cw-quiet">of {count(item.episodes)}</span>
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {all ? <p className="cw-quiet cw-small">All these dates are provisional.</p> : null}
        </div>
      ) : null}
    </section>
  );
}
