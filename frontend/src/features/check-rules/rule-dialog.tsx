import { useQuery } from "@tanstack/react-query";
import { Facts, Mono, None } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Rule, ruleQuery } from "./data.ts";
import { readable } from "./readable.ts";
import { RuleForm } from "./rule-form.tsx";
import { familyLabel, SeverityTag } from "./words.tsx";

export function RuleDialog({ ruleId, onClose }: { ruleId: string; onClose: () => void }) {
  const found = useQuery(ruleQuery(ruleId));
  const rule = found.data;
  return (
    <Dialog
      title={rule ? `${rule.rule_id}: ${readable(rule.title)}` : ruleId}
      size="large"
      onClose={onClose}
      foot={
        rule && rule.can.edit !== true ? (
          <>
            <Button onClick={onClose}>Close</Button>
            <span className="cw-quiet">{rule.can.edit}</span>
          </>
        ) : undefined
      }
    >
      {found.isPending ? <SkeletonRows rows={5} /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {rule ? (
        <div className="cw-stack cw-stack--wide">
          <RuleFacts rule={rule} />
          {rule.edited?.on_older_version ? (
            <Banner kind="warn">
              The rule was changed by Codewell after it was edited here. Look at both, and save or restore.
            </Banner>
          ) : null}
          {rule.can.edit === true ? <RuleForm key={rule.edits} rule={rule} onClose={onClose} /> : null}
        </div>
      ) : null}
    </Dialog>
  );
}

function RuleFacts({ rule }: { rule: Rule }) {
  // Whoever may change it has the words in the form below.
  const edits = rule.can.edit === true;
  return (
    <Facts
      items={[
        ["Severity", <SeverityTag key="s" severity={rule.severity} />],
        ["Family", familyLabel(rule.family)],
        edits ? null : ["Says", readable(rule.message)],
        edits ? null : ["To mend", readable(rule.mend)],
        edits
          ? null
          : [
              "Reference",
              rule.national_ref ? (
                `${rule.national_ref}${rule.national_ref_verified ? "" : " (not verified)"}`
              ) : (
                <None key="r" />
              ),
            ],
        rule.note ? ["Note", rule.note] : null,
        ["Version", <Mono key="v">{rule.version}</Mono>],
        rule.edited
          ? ["Edited here", `by ${rule.edited.by}, ${instantNear(rule.edited.at)}: ${rule.edited.fields.join(", ")}`]
          : null,
      ]}
    />
  );
}
