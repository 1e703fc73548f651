// Twelve months across, one planned audit a row: its bar stands where it is meant to be held.
import { Tag } from "@/kit/bits.tsx";
import { count } from "@/kit/numbers.ts";
import { EmptyState } from "@/kit/states.tsx";
import type { Plan, Programme } from "./data.ts";
import { monthsOf, span, thisMonth } from "./months.ts";
import { planStates } from "./words.ts";

export function Calendar({
  programme,
  plans,
  onOpen,
}: {
  programme: Programme;
  plans: readonly Plan[];
  onOpen: (plan: Plan) => void;
}) {
  const months = monthsOf(programme.financial_year);
  const now = thisMonth();
  if (plans.length === 0) {
    return (
      <EmptyState title="Nothing is planned yet">
        <p>
          Plan the year’s audits: the DSPT audit of 200 episodes, then specialties and coders until nothing is a gap.
        </p>
      </EmptyState>
    );
  }
  return (
    <section className="cw-table-region pg-calendar" aria-label="Calendar of planned audits">
      <table className="cw-table">
        <caption className="cw-hidden">Planned audits of {programme.financial_year} by month</caption>
        <thead>
          <tr>
            <th scope="col">Audit</th>
            <th scope="col" className="cw-right cw-nowrap">
              Audited
            </th>
            {months.map((month) => (
              <th
                key={month.key}
                scope="col"
                className={month.key === now ? "pg-month pg-month--now" : "pg-month"}
                aria-current={month.key === now ? "date" : undefined}
              >
                <abbr title={month.key === now ? `${month.long}, this month` : month.long}>{month.short}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plans.map((plan) => {
            const [before, taken, after] = span(months, plan.month_from, plan.month_to);
            const state = planStates[plan.state];
            const when = `${months[before]?.long}${taken > 1 ? ` to ${months[before + taken - 1]?.long}` : ""}`;
            return (
              <tr key={plan.planned_audit_id}>
                <th scope="row">
                  <button
                    type="button"
                    className="cw-button cw-button--link pg-title"
                    aria-label={`${plan.title}, ${state.label}, ${when}`}
                    onClick={() => onOpen(plan)}
                  >
                    {plan.title}
                  </button>{" "}
                  <span className="cw-quiet cw-small">
                    {plan.kind_label} · {plan.owner.name}
                  </span>{" "}
                  {plan.late ? <Tag tone="amber">late</Tag> : null}
                </th>
                <td className="cw-right cw-nowrap">
                  {count(plan.audited)} <span className="cw-quiet">of {count(plan.episodes)}</span>
                </td>
                {before > 0 ? <td colSpan={before} /> : null}
                <td colSpan={taken} className="pg-slot">
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-hidden="true"
                    className={`pg-bar pg-bar--${plan.state}`}
                    onClick={() => onOpen(plan)}
                  >
                    {state.label}
                  </button>
                </td>
                {after > 0 ? <td colSpan={after} /> : null}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
