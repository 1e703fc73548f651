import { Mono, None } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantExact } from "@/kit/dates.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { TrailLine } from "./data.ts";
import { factsInWords } from "./facts.ts";

const kinds: Record<string, string> = { person: "", client: "API client", system: "Codewell itself" };

const columnsFor = (onSubject: (id: string, name: string) => void): readonly Column<TrailLine>[] => [
  { key: "at", heading: "When", nowrap: true, cell: (line) => instantExact(line.at) },
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
        <Button
          look="link"
          title={`All about ${line.subject_id}`}
          onClick={() => onSubject(line.subject_id, nameOf(line))}
        >
          {nameOf(line)}
        </Button>
        {line.version === null ? null : <span className="cw-quiet"> version {line.version}</span>}
      </>
    ),
  },
  {
    key: "facts",
    heading: "Facts",
    width: "grow",
    cell: (line) => factsInWords(line.facts) || <None />,
  },
  {
    key: "request",
    heading: "Request",
    nowrap: true,
    // What Codewell does by itself answers no request.
    cell: (line) => (line.request_id === "none" ? <None /> : <Mono>…{line.request_id.slice(-12)}</Mono>),
  },
];

/** `spell ••••2817, episode 1`, as the server names it; else the kind with the end of its id. */
function nameOf(line: TrailLine): string {
  if (line.record) return line.record;
  const ours = /^[0-9a-f-]{36}$/.test(line.subject_id);
  const id = ours ? `…${line.subject_id.slice(-12)}` : line.subject_id.replace(/^(.{24}).+$/, "$1…");
  return `${line.subject_kind.replaceAll("_", " ")} ${id}`;
}

/** `coding:submitted` reads as "coding submitted". */
function words(tag: string): string {
  return tag.replace(":", " ").replaceAll("_", " ");
}

export function TrailTable({
  rows,
  onSubject,
}: {
  rows: readonly TrailLine[];
  onSubject: (id: string, name: string) => void;
}) {
  return (
    <DataTable
      caption="Lines of the trail, the newest first"
      columns={columnsFor(onSubject)}
      rows={rows}
      keyOf={(line) => line.line}
    />
  );
}
