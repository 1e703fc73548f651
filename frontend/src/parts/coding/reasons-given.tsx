// Why warnings were let stand: what the check said then, which lines, the reason, and who gave it.
import { Mono } from "@/kit/bits.tsx";
import type { Reason } from "./wire.ts";
import { lineNumbers } from "./words.ts";

/** `Line 2 N40, Procedure 1 W37.1`: the lines by number and by the code that stood there. */
export function ReasonLines({ lines }: { lines: Reason["lines"] }) {
  return lines.map((line, at) => (
    <span key={`${line.list}${line.index}`}>
      {at > 0 ? ", " : ""}
      {line.list === "procedures" ? `Procedure ${line.index + 1}` : lineNumbers([line.index])}{" "}
      <Mono>{line.dotted}</Mono>
    </span>
  ));
}

export function ReasonsGiven({ reasons, who }: { reasons: readonly Reason[]; who: string }) {
  return (
    <ul className="wb-reasons">
      {reasons.map((one, at) => (
        <li key={at}>
          <b>{one.title ?? `Rule ${one.rule_id}`}</b>
          {one.lines.length > 0 ? (
            <>
              {" "}
              (<ReasonLines lines={one.lines} />)
            </>
          ) : null}
          <p>
            Reason given by {one.person_name ?? who}
            {one.person_name && one.person_name !== who ? `, accepted by ${who}` : ""}: {one.reason}
          </p>
        </li>
      ))}
    </ul>
  );
}
