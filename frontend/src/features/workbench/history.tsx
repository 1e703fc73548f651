// What happened to this episode's codes: every version, by whom, when and from where. Drafts are private and not here.
import { useQuery } from "@tanstack/react-query";
import { Details, Tag } from "@/kit/bits.tsx";
import { instant } from "@/kit/dates.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { ReasonsGiven } from "@/parts/coding/reasons-given.tsx";
import type { CodeLine, Coding, Workbench } from "@/parts/coding/wire.ts";
import { givenBy } from "@/parts/coding/words.ts";
import { codingsQuery } from "./data.ts";

const SOURCES: Record<string, string> = {
  codewell: "Codewell",
  encoder: "encoder",
  pas: "PAS",
  audit: "audit",
  query: "query",
};
const STATES: Record<string, string> = { final: "final", for_second_check: "for second check", returned: "returned" };

export function History({ episodeId, events }: { episodeId: string; events: Workbench["history"] }) {
  const versions = useQuery(codingsQuery(episodeId));
  return (
    <div className="wb-history">
      <h2>Versions</h2>
      {versions.isPending ? <SkeletonRows rows={3} label="Loading the versions" /> : null}
      {versions.isError ? <ErrorState error={versions.error} onRetry={() => versions.refetch()} /> : null}
      {versions.data?.items.length === 0 ? <p className="wb-none">Not coded yet</p> : null}
      <ol className="wb-versions">
        {versions.data?.items.map((version: Coding) => (
          <li key={version.version}>
            <b>Version {version.version}</b> · {version.person_name ?? version.coder_ref ?? "not named"}
            {version.checked_by_name ? `, checked by ${version.checked_by_name}` : ""} · {instant(version.at)}{" "}
            <Tag>{SOURCES[version.source] ?? version.source}</Tag>{" "}
            {version.state === "final" ? null : <Tag tone="amber">{STATES[version.state] ?? version.state}</Tag>}
            {version.reason ? <p>{version.reason}</p> : null}
            {version.reasons && version.reasons.length > 0 ? (
              <ReasonsGiven reasons={version.reasons} who={givenBy(version)} />
            ) : null}
            <Details summary={`${version.diagnoses.length} diagnoses, ${version.procedures.length} procedures`}>
              <CodeLines lines={version.diagnoses} />
              <CodeLines lines={version.procedures} />
            </Details>
          </li>
        ))}
      </ol>
      <h2>What happened</h2>
      <ol className="wb-events">
        {events.map((event) => (
          <li key={`${event.at}${event.what}`}>
            <time dateTime={event.at}>{instant(event.at)}</time> · {event.who}: {event.what}
            {event.detail ? <span className="cw-quiet"> ({event.detail})</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

export function CodeLines({ lines }: { lines: readonly CodeLine[] }) {
  return (
    <ol className="wb-codelines">
      {lines.map((line, at) => (
        <li key={at}>
          <span className="cw-mono">{line.dotted}</span> {line.title}
        </li>
      ))}
    </ol>
  );
}
