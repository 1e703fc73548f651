// What an audit is, in its own words and those of its profiles.
import { Facts, None, Tag } from "@/kit/bits.tsx";
import { day, instant } from "@/kit/dates.ts";
import { aimed } from "@/kit/numbers.ts";
import type { Audit } from "@/parts/audit.ts";

export function AuditFacts({ audit }: { audit: Audit }) {
  const external = audit.kind === "external";
  const everything = external
    ? "chosen by the external auditor"
    : "every coded episode of the period not audited before";
  return (
    <Facts
      items={[
        audit.commissioned_by ? ["Commissioned by", audit.commissioned_by] : null,
        ["Aims", <Words key="a" words={audit.aims} />],
        ["Objectives", <Words key="o" words={audit.objectives} />],
        ["Scope", <Words key="s" words={audit.scope} />],
        audit.background ? ["Background", <Words key="b" words={audit.background} />] : null,
        [
          "Population",
          audit.population_words.length > 0
            ? audit.population_words.map((line) => <div key={line}>{line}</div>)
            : everything,
        ],
        ["Methodology", `${audit.methodology.name}, version ${audit.methodology.version}`],
        [
          "Thresholds",
          audit.thresholds ? (
            `${audit.thresholds.name}, version ${audit.thresholds.version}`
          ) : (
            <None key="t">none: figures without a verdict</None>
          ),
        ],
        [
          "Mode",
          external
            ? "external: the commissioner's auditor says, ours accepts or challenges"
            : audit.mode === "blind"
              ? "blind: coded before the coder's codes are seen"
              : "review: the coder's codes are seen from the start",
        ],
        audit.second_share > 0 ? ["Audited twice", `${aimed(audit.second_share)} of the episodes`] : null,
        audit.targeted ? ["Reach", <Tag key="r">its own population only, not to be extrapolated</Tag>] : null,
        audit.follows_reference ? ["Follows", audit.follows_reference] : null,
        ["Due", audit.due_on ? day(audit.due_on) : <None key="d" />],
        ["Set up", `${instant(audit.created_at)} by ${audit.created_by_name}`],
        audit.drawn_at ? [external ? "Imported" : "Drawn", instant(audit.drawn_at)] : null,
        audit.signed_at ? ["Signed", `${instant(audit.signed_at)}, version ${audit.signed_version}`] : null,
      ]}
    />
  );
}

function Words({ words }: { words: string }) {
  return words ? <span className="au-words">{words}</span> : <None>not said yet</None>;
}
