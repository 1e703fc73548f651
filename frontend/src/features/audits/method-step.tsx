// Step four: by which rules it is counted, what must be reached, whether it is blind, and who audits.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { Select, TextField } from "@/kit/field.tsx";
import { Banner, ErrorState, refusalOf } from "@/kit/states.tsx";
import type { Audit } from "@/parts/audit.ts";
import { profilesQuery } from "./data.ts";
import { Members } from "./members.tsx";
import { useKept } from "./use-kept.ts";

export function MethodStep({ audit, onDone }: { audit: Audit; onDone: () => void }) {
  const methodologies = useQuery(profilesQuery("methodology"));
  const thresholds = useQuery(profilesQuery("threshold"));
  const kept = useKept(
    audit,
    {
      mode: audit.mode,
      methodology_key: audit.methodology.key,
      threshold_key: audit.thresholds?.key ?? null,
      second: String(audit.second_share * 100),
    },
    ({ second, ...rest }) => {
      const share = Number(second);
      return second !== "" && share >= 0 && share <= 100 ? { ...rest, second_share: share / 100 } : null;
    },
  );
  const m = kept.value;
  const options = (found: typeof methodologies) =>
    (found.data?.items ?? []).map((one) => ({ value: one.key, label: one.name }));
  return (
    <div className="cw-form au-wide">
      <div className="au-halves">
        <div>
          <Select
            label="Mode"
            hint={
              m.mode === "blind"
                ? "The auditor codes from the record before the coder's codes can be seen; the system keeps them hidden"
                : "The auditor sees the coder's codes from the start; the report says so"
            }
            width="medium"
            value={m.mode}
            options={[
              { value: "blind", label: "Blind" },
              { value: "review", label: "Review" },
            ]}
            onChange={(event) => kept.set({ mode: event.target.value as Audit["mode"] })}
          />
          <TextField
            label="Audited twice, % of the episodes"
            hint="By another auditor, who does not see what the first found; 0 for none"
            type="number"
            min={0}
            max={100}
            width="short"
            value={m.second}
            onChange={(event) => kept.set({ second: event.target.value })}
          />
          <Select
            label="Methodology"
            hint={`The version in force on ${day(audit.period_to)}, the end of the period: now version ${audit.methodology.version}`}
            width="long"
            value={m.methodology_key}
            options={options(methodologies)}
            onChange={(event) => kept.set({ methodology_key: event.target.value })}
          />
          <Select
            label="Thresholds"
            hint="The levels that the figures are held against"
            empty="None: figures without a verdict"
            width="long"
            value={m.threshold_key ?? ""}
            options={options(thresholds)}
            onChange={(event) => kept.set({ threshold_key: event.target.value || null })}
          />
          <p>
            <Link to="/audit-profiles">See what the profiles hold</Link>
          </p>
        </div>
        <section className="cw-stack" aria-labelledby="auditors-title">
          <h2 id="auditors-title">Auditors</h2>
          <Members audit={audit} />
        </section>
      </div>
      {kept.error ? (
        <Banner kind="error">
          <strong>{refusalOf(kept.error).title}.</strong> {refusalOf(kept.error).detail}
        </Banner>
      ) : null}
      {methodologies.isError ? <ErrorState error={methodologies.error} /> : null}
      <div className="cw-form__actions">
        <Button
          look="primary"
          busy={kept.state === "saving"}
          onClick={() => void kept.flush().then((done) => done && onDone())}
        >
          Save and go on
        </Button>
      </div>
    </div>
  );
}
