// What the coder reads: the episode's documents, those still awaited, and what earlier spells were coded with.
import type { RefObject } from "react";
import { useRef, useState } from "react";
import { Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { classes } from "@/kit/classes.ts";
import { day, dayShort, londonDay, month } from "@/kit/dates.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { dotted, type ListName } from "./codes.ts";
import type { WireLine } from "./grid.ts";
import type { Workbench } from "./wire.ts";

type Document = Workbench["documents"][number];

export function Documents({ documents }: { documents: readonly Document[] }) {
  const here = documents.filter((one) => one.arrived_at);
  const first = here.find((one) => one.kind === "discharge_summary") ?? here[0] ?? documents[0];
  const [chosenRef, setChosenRef] = useState(first?.document_ref ?? "");
  const reader = useRef<HTMLElement>(null);
  const at = Math.max(
    0,
    documents.findIndex((one) => one.document_ref === chosenRef),
  );
  const chosen = documents[at];
  const turn = (by: -1 | 1) => {
    const next = documents[(at + by + documents.length) % documents.length];
    if (next) setChosenRef(next.document_ref);
    reader.current?.scrollTo({ top: 0 });
  };
  useShortcut({ keys: "Alt+PageDown", label: "Next document", group: "Documents", onPress: () => turn(1) });
  useShortcut({ keys: "Alt+PageUp", label: "Document before", group: "Documents", onPress: () => turn(-1) });
  if (documents.length === 0) {
    return (
      <div className="wb-docs">
        <h2>Documents</h2>
        <p className="wb-none">No document has come or is expected. Put the episode on hold if you need the notes.</p>
      </div>
    );
  }
  return (
    <div className="wb-docs">
      <h2>Documents</h2>
      <ul className="wb-docs__list">
        {documents.map((one) => (
          <li key={one.document_ref}>
            <button
              type="button"
              className={classes("wb-doc-choice", one === chosen && "wb-doc-choice--on")}
              aria-current={one === chosen ? "true" : undefined}
              onClick={() => setChosenRef(one.document_ref)}
            >
              <span>{one.title}</span>
              <DocumentDay document={one} />
            </button>
          </li>
        ))}
      </ul>
      {chosen ? <DocumentText document={chosen} reader={reader} /> : null}
    </div>
  );
}

function DocumentDay({ document: one }: { document: Document }) {
  if (one.arrived_at) return <span className="cw-nowrap">{dayShort(one.dated_on ?? londonDay(one.arrived_at))}</span>;
  return <Tag tone="amber">{awaited(one)}</Tag>;
}

/** `awaited 3 days`, or `expected 24 Nov` while that day is still to come. */
function awaited(one: Document): string {
  const days = one.awaited_days ?? 0;
  if (days > 0) return `awaited ${days} ${days === 1 ? "day" : "days"}`;
  return one.expected_on ? `expected ${dayShort(one.expected_on)}` : "awaited";
}

function DocumentText({ document: one, reader }: { document: Document; reader: RefObject<HTMLElement | null> }) {
  const link = one.url && /^https:\/\//.test(one.url) ? one.url : null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <article className="wb-doc" ref={reader} tabIndex={0} aria-label={`${one.title}, ${day(one.dated_on)}`}>
      {one.text ? one.text.split(/\n{2,}/).map((paragraph, at) => <p key={at}>{paragraph}</p>) : null}
      {link ? (
        <p>
          <a href={link} target="_blank" rel="noopener noreferrer">
            Open in the patient record<span className="cw-hidden"> (new tab)</span>
          </a>
        </p>
      ) : null}
      {one.arrived_at ? null : (
        <p className="wb-none">Not here yet. The episode comes back to you when it arrives, if you hold it.</p>
      )}
      {one.arrived_at && !one.text && !link ? <p className="wb-none">The text is kept in the patient record.</p> : null}
    </article>
  );
}

/** Earlier codes, as a question: only what this episode's record supports may be coded. */
export function CodedBefore({
  before,
  have,
  onAdd,
  readOnly,
}: {
  before: Workbench["before"];
  have: (list: ListName, code: string) => boolean;
  onAdd: (list: ListName, lines: readonly WireLine[], from: string) => void;
  readOnly: boolean;
}) {
  return (
    <section className="wb-before" aria-labelledby="wb-before">
      <h3 id="wb-before">Coded before (24 months)</h3>
      {before.length === 0 ? <p className="wb-none">Nothing in the last 24 months</p> : null}
      <ul>
        {before.map((line) => {
          const list: ListName = line.system === "opcs4" ? "procedures" : "diagnoses";
          const from = month(line.last_coded_on);
          return (
            <li key={line.system + line.code}>
              <span className="cw-mono">{dotted(line.code)}</span> {line.title}
              {list === "procedures" ? <span className="cw-quiet"> OPCS-4</span> : null} ·{" "}
              <span className="cw-nowrap">
                {from}
                {line.times > 1 ? `, ${line.times} times` : ""}
              </span>{" "}
              {have(list, line.code) ? (
                <span className="cw-quiet cw-nowrap">in your list</span>
              ) : readOnly ? null : (
                <Button look="link" small onClick={() => onAdd(list, [{ code: line.code }], from)}>
                  add if documented<span className="cw-hidden"> {dotted(line.code)}</span>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
