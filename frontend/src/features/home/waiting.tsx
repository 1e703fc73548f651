import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { instantNear } from "@/kit/dates.ts";
import { count, counted } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { actionCountsQuery, countsQuery, findingCountsQuery } from "@/parts/waiting.ts";
import { editionsQuery, latestJobsQuery, openFaultsQuery } from "./data.ts";

type Line = { key: string; text: string; link: LinkProps; linkText: string };

type FindingCounts = {
  mine_open: number;
  mine_overdue: number;
  to_answer: number;
  to_rule: number;
  unanswered: number;
};

/** Findings of audits that wait for the person: to reply to, to answer, to close, to rule on. */
function findingLines(found: FindingCounts | undefined): Line[] {
  if (!found) return [];
  const lines: (Line | null)[] = [
    found.mine_open > 0
      ? {
          key: "findings",
          text: `${counted(found.mine_open, "audited episode has", "audited episodes have")} findings for you to reply to${found.mine_overdue > 0 ? `, ${count(found.mine_overdue)} overdue` : ""}`,
          link: { to: "/findings", search: { show: "open" } },
          linkText: "Reply",
        }
      : null,
    found.to_answer > 0
      ? {
          key: "disputes",
          text: `${counted(found.to_answer, "audited episode has", "audited episodes have")} disputes for you to answer`,
          link: { to: "/disputes", search: { which: "to_answer" } },
          linkText: "Answer",
        }
      : null,
    found.unanswered > 0
      ? {
          key: "unanswered",
          text: `${counted(found.unanswered, "coder's reply is", "coders' replies are")} overdue in your audits`,
          link: { to: "/disputes", search: { which: "with_coder" } },
          linkText: "See them",
        }
      : null,
    found.to_rule > 0
      ? {
          key: "rulings",
          text: `${counted(found.to_rule, "audited episode has", "audited episodes have")} findings for you to rule on`,
          link: { to: "/disputes", search: { which: "to_rule" } },
          linkText: "Rule",
        }
      : null,
  ];
  return lines.filter((line) => line !== null);
}

type ActionCounts = { overdue: number; due_soon: number; to_verify: number; to_respond: number };

/** Actions of audits: the reminders of the person's own, and what waits for their eyes or their answer. */
function actionLines(found: ActionCounts | undefined): Line[] {
  if (!found) return [];
  const lines: (Line | null)[] = [
    found.overdue > 0
      ? {
          key: "actions-overdue",
          text: `${counted(found.overdue, "action")} of yours overdue`,
          link: { to: "/actions", search: { owner: "me", reminder: "overdue" } },
          linkText: "See them",
        }
      : null,
    found.due_soon > 0
      ? {
          key: "actions-soon",
          text: `${counted(found.due_soon, "action")} of yours due soon`,
          link: { to: "/actions", search: { owner: "me", reminder: "due_soon" } },
          linkText: "See them",
        }
      : null,
    found.to_verify > 0
      ? {
          key: "actions-verify",
          text: `${counted(found.to_verify, "action is", "actions are")} done and wait for you to verify`,
          link: { to: "/actions", search: { state: "done" } },
          linkText: "Verify",
        }
      : null,
    found.to_respond > 0
      ? {
          key: "recommendations",
          text: `${counted(found.to_respond, "recommendation awaits", "recommendations await")} the Trust's response`,
          link: { to: "/actions", search: { tab: "recommendations", state: "proposed" } },
          linkText: "Respond",
        }
      : null,
  ];
  return lines.filter((line) => line !== null);
}

/** What waits for this person to decide or mend; when nothing does, it says so. */
export function Waiting({ first }: { first?: boolean }) {
  const may = useMay();
  const monitors = may("intake:monitor");
  const counts = useQuery({ ...countsQuery, enabled: may("coding:approve") && may("work_item:list") });
  const jobs = useQuery({ ...latestJobsQuery, enabled: monitors });
  const faults = useQuery({ ...openFaultsQuery, enabled: monitors });
  const editions = useQuery({ ...editionsQuery, enabled: may("edition:ready") });
  const findings = useQuery({ ...findingCountsQuery, enabled: may("finding:reply") || may("audit:see") });
  const actions = useQuery({ ...actionCountsQuery, enabled: may("action:list") });
  const asked = [actions, counts, jobs, faults, editions, findings];
  const failed = asked.find((query) => query.isError);
  const loading = asked.some((query) => query.isLoading);

  const lines: Line[] = [];
  const secondCheck = counts.data?.queues.find((queue) => queue.queue === "second_check");
  if (secondCheck && secondCheck.count > 0) {
    lines.push({
      key: "second",
      text: `${counted(secondCheck.count, "episode waits", "episodes wait")} for a second check`,
      link: { to: "/queues", search: { queue: "second_check" } },
      linkText: "See them",
    });
  }
  const updates = counts.data?.queues.find((queue) => queue.queue === "update_received");
  if (updates && updates.count > 0) {
    lines.push({
      key: "updates",
      text: `${counted(updates.count, "coded episode")} changed since coding`,
      link: { to: "/queues", search: { queue: "update_received" } },
      linkText: "See what changed",
    });
  }
  if (faults.data && faults.data.items.length > 0) {
    lines.push({
      key: "faults",
      text: faults.data.next
        ? `More than ${faults.data.items.length} messages from the PAS could not be taken in`
        : `${counted(faults.data.items.length, "message")} from the PAS could not be taken in`,
      link: { to: "/intake", search: { tab: "faults", state: "open" } },
      linkText: "See why",
    });
  }
  for (const edition of editions.data?.items ?? []) {
    if (edition.state !== "preview") continue;
    lines.push({
      key: edition.edition_id,
      text: `${edition.title} is loaded and not in use yet`,
      link: { to: "/editions/$editionId", params: { editionId: edition.edition_id } },
      linkText: "Look at the changes",
    });
  }
  lines.push(...findingLines(findings.data), ...actionLines(actions.data));
  const job = jobs.data?.items[0];

  return (
    <section aria-labelledby="waiting-title">
      <div className="cw-section__head">
        <h2 id="waiting-title">{first ? "What waits for you" : "Waiting"}</h2>
      </div>
      {loading ? <SkeletonRows rows={3} /> : null}
      {failed ? <ErrorState error={failed.error} onRetry={() => failed.refetch()} /> : null}
      {!loading && !failed && lines.length === 0 ? <p className="cw-quiet">Nothing waits for you now.</p> : null}
      <ul className="cw-plain home__waiting">
        {lines.map((line) => (
          <li key={line.key}>
            <span>{line.text}</span> <Link {...line.link}>{line.linkText}</Link>
          </li>
        ))}
      </ul>
      {job && !first ? (
        <p className="cw-quiet">
          Last intake: {job.file_name}, {count(job.rows_total)} rows, {instantNear(job.created_at)}.{" "}
          <Link to="/intake">Intake</Link>
        </p>
      ) : null}
      {may("trail:search") ? (
        <p>
          <Link to="/trail">Search the access trail</Link>
        </p>
      ) : null}
    </section>
  );
}
