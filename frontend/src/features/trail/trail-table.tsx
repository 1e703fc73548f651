import { Details, Mono, None } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instant } from "@/kit/dates.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { TrailLine } from "./data.ts";

const kinds: Record<string, string> = { person: "", client: "API client", system: "Codewell itself" };

const columnsFor = (onSubject: (id: string) => void): readonly Column<TrailLine>[] => [
  { key: "at", heading: "When", nowrap: true, cell: (line) => instant(line.at) },
  {
    key: "who",
    heading: "Who",
    nowrap: true,
    cell: (line) => (
      <>
        {line.actor.name}
        {kinds[line.actor.kind] ? <div className="cw-quiet">{kinds[line.actor.kind]}</div> : null}
      </>
    ),
  },
  { key: "what", heading: "Did", rowHeading: true, nowrap: true, cell: (line) => words(line.tag) },
  {
    key: "subject",
    heading: "To",
    nowrap: true,
    cell: (line) => (
      <>
        {line.subject_kind.replaceAll("_", " ")}{" "}
        <Button look="link" title={`All about ${line.subject_id}`} onClick={() => onSubject(line.subject_id)}>
          <Mono>{line.subject_id.length > 13 ? `…${line.subject_id.slice(-12)}` : line.subject_id}</Mono>
        </Button>
        {line.version === null ? null : <span className="cw-quiet"> version {line.version}</span>}
      </>
    ),
  },
  {
    key: "facts",
    heading: "Facts",
    width: "grow",
    cell: (line) =>
      Object.keys(line.facts).length === 0 ? (
        <None />
      ) : (
        <Details summary={`${Object.keys(line.facts).length} noted`}>
          <dl className="cw-facts">
            {Object.entries(line.facts).map(([name, value]) => (
              <div key={name}>
                <dt>{name.replaceAll("_", " ")}</dt>
                <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </Details>
      ),
  },
  { key: "request", heading: "Request", nowrap: true, cell: (line) => <Mono>…{line.request_id.slice(-12)}</Mono> },
];

/** `coding:submitted` reads as "coding submitted". */
function words(tag: string): string {
  return tag.replace(":", " ").replaceAll("_", " ");
}

export function TrailTable({ rows, onSubject }: { rows: readonly TrailLine[]; onSubject: (id: string) => void }) {
  return (
    <DataTable
      caption="Lines of the trail, the newest first"
      columns={columnsFor(onSubject)}
      rows={rows}
      keyOf={(line) => line.line}
    />
  );
}
