import { Details, Mono, None } from "@/kit/bits.tsx";
import { instant } from "@/kit/dates.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { TrailLine } from "./data.ts";

const kinds: Record<string, string> = { person: "", client: "API client", system: "Codewell itself" };

const columns: readonly Column<TrailLine>[] = [
  { key: "at", heading: "When", nowrap: true, cell: (line) => instant(line.at) },
  {
    key: "who",
    heading: "Who",
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
    cell: (line) => (
      <>
        {line.subject_kind.replaceAll("_", " ")}{" "}
        <span className="cw-quiet">
          <Mono>{line.subject_id}</Mono>
          {line.version === null ? "" : `, version ${line.version}`}
        </span>
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
  { key: "request", heading: "Request", cell: (line) => <Mono>{line.request_id.slice(0, 13)}</Mono> },
];

/** `coding:submitted` reads as "coding submitted". */
function words(tag: string): string {
  return tag.replace(":", " ").replaceAll("_", " ");
}

export function TrailTable({ rows }: { rows: readonly TrailLine[] }) {
  return (
    <DataTable
      caption="Lines of the trail, the newest first"
      columns={columns}
      rows={rows}
      keyOf={(line) => line.line}
    />
  );
}
