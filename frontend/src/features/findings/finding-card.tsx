// One finding: the coder's code and the auditor's, what is wrong, and what was said. What can be done is given by the page.
import type { KeyboardEvent, ReactNode, Ref } from "react";

import { Mono, None, Tag } from "@/kit/bits.tsx";
import { classes as names } from "@/kit/classes.ts";
import { day } from "@/kit/dates.ts";
import { attributions, classes, reasons } from "@/parts/finding-form.tsx";
import { Said } from "@/parts/said.tsx";
import type { Finding, FindingItem } from "./data.ts";
import { replyWords } from "./words.ts";

export function FindingCard({
  finding,
  number,
  open,
  mine = false,
  error,
  onKey,
  children,
  ref,
}: {
  finding: Finding;
  number: number;
  /** It waits for the person who looks. */
  open: boolean;
  /** Whoever looks is the coder whose finding it is. */
  mine?: boolean;
  error?: ReactNode;
  /** A single key, pressed while the finding itself has the focus. */
  onKey?: (key: string) => void;
  children?: ReactNode;
  ref?: Ref<HTMLLIElement>;
}) {
  const state = replyWords(finding.reply, mine);
  const pressed = (event: KeyboardEvent<HTMLLIElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.length !== 1 || !onKey) return;
    event.preventDefault();
    onKey(event.key.toLowerCase());
  };
  const title = `finding-${finding.no}`;
  return (
    <li
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: each finding is a stop, and a and d act on the one that has the focus.
      tabIndex={0}
      aria-labelledby={title}
      className={names("fi-finding", open && "fi-finding--open")}
      onKeyDown={pressed}
    >
      <div className="fi-finding__head">
        <h3 id={title}>
          {number}. {finding.error_words ?? "No error: withdrawn"}
        </h3>
        <span className="cw-quiet">{classes[finding.code_class]}</span>
        <Tag tone={state.tone}>{state.label}</Tag>
        {finding.due_on ? (
          <span className={finding.overdue ? undefined : "cw-quiet"}>
            {finding.overdue ? <Tag tone="red">overdue</Tag> : "by"} {day(finding.due_on)}
          </span>
        ) : null}
      </div>
      <dl className="fi-codes">
        <div>
          <dt>Coder</dt>
          <dd>
            <CodeOf line={finding.trust} none="no code" />
          </dd>
        </div>
        <div>
          <dt>Auditor</dt>
          <dd>
            <CodeOf line={finding.auditor} none="not required" />
          </dd>
        </div>
        <div>
          <dt>Attribution</dt>
          <dd>
            {attributions[finding.attribution]}
            {finding.non_coder_reason ? `: ${reasons[finding.non_coder_reason].toLowerCase()}` : ""}
          </dd>
        </div>
        <div>
          <dt>Standard</dt>
          <dd>{finding.standards.length > 0 ? finding.standards.join("; ") : <None>none cited</None>}</dd>
        </div>
      </dl>
      {finding.evidence ? <p className="cw-quiet">Evidence: {finding.evidence}</p> : null}
      <Said said={finding.said} />
      {error}
      {children ? <div className="fi-acts">{children}</div> : null}
    </li>
  );
}

export function CodeOf({ line, none }: { line: FindingItem["diagnoses"][number] | null; none: string }) {
  if (!line) return <None>{none}</None>;
  return (
    <>
      <Mono>{line.dotted}</Mono> {line.title ?? <None>not in this edition</None>}
      {line.on ? <span className="cw-quiet"> · {day(line.on)}</span> : null}
    </>
  );
}

/** The coder's own codes as they were audited. */
export function OwnCodes({ diagnoses, procedures }: Pick<FindingItem, "diagnoses" | "procedures">) {
  return (
    <ul className="fi-own">
      {[...diagnoses, ...procedures].map((line, at) => (
        <li key={`${line.code}-${at}`}>
          <CodeOf line={line} none="" />
        </li>
      ))}
    </ul>
  );
}
