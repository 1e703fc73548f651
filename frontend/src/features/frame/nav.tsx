import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { count } from "@/kit/numbers.ts";
import { actionCountsQuery, countsQuery, findingCountsQuery, programmeCountsQuery } from "@/parts/waiting.ts";
import { placesFor } from "./places.ts";

/** Only what the person may do is there; counts stand beside what waits. */
export function Nav() {
  const may = useMay();
  const counts = useQuery({ ...countsQuery, enabled: may("work_item:list") });
  const findings = useQuery({ ...findingCountsQuery, enabled: may("finding:reply") || may("audit:see") });
  const programme = useQuery({ ...programmeCountsQuery, enabled: may("programme:see") });
  const actions = useQuery({ ...actionCountsQuery, enabled: may("action:list") });
  const numbers = {
    my_actions: actions.data
      ? actions.data.overdue + actions.data.due_soon + actions.data.to_verify + actions.data.to_respond
      : undefined,
    missed_runs: programme.data?.missed_runs,
    my_work: counts.data?.mine,
    queues: counts.data?.total,
    my_findings: findings.data?.mine_open,
    disputes: findings.data ? findings.data.to_answer + findings.data.to_rule : undefined,
  };
  return (
    <nav className="cw-nav" id="nav" aria-label="Main">
      {placesFor(may).map((group) => (
        <ul key={group[0]?.label}>
          {group.map((place) => {
            const number = place.count ? numbers[place.count] : undefined;
            return (
              <li key={place.label}>
                <Link to={place.to} activeOptions={{ exact: place.to === "/", includeSearch: false }}>
                  <span>{place.label}</span>
                  {number ? <span className="cw-nav__count">{count(number)}</span> : null}
                </Link>
              </li>
            );
          })}
        </ul>
      ))}
    </nav>
  );
}
