import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { Schemas } from "@/api/client.ts";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { Checkbox, Select, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { ErrorSummary } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { editRule, type Rule, restoreRule, ruleQuery, type Severity } from "./data.ts";
import { severities } from "./words.tsx";

const fields = ["enabled", "severity", "message", "mend", "national_ref"] as const;

/** Changes the rule for this Trust only. What equals the shipped rule is sent as null, so that it follows later versions. */
export function RuleForm({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const queryClient = useQueryClient();
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const keep = (changed: Rule, words: string) => {
    queryClient.setQueryData(ruleQuery(rule.rule_id).queryKey, changed);
    void queryClient.invalidateQueries({ queryKey: ["list_check_rules"] });
    confirmDone(words);
    onClose();
  };
  const edit = useMutation({
    mutationFn: (body: Schemas["CheckRuleEditIn"]) => editRule(rule, body),
    onError: refusal.refuse,
    onSuccess: (changed) => keep(changed, `${rule.rule_id} is changed for this Trust`),
  });
  const restore = useMutation({
    mutationFn: () => restoreRule(rule),
    onError: refusal.refuse,
    onSuccess: (changed) => keep(changed, `${rule.rule_id} is as shipped again`),
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    const missing = {
      ...(text("message") ? null : { message: "Enter what the check says" }),
      ...(text("mend") ? null : { mend: "Enter how to mend it" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    const own = <T,>(value: T, shipped: T): T | null => (value === shipped ? null : value);
    edit.mutate({
      message: own(text("message"), rule.shipped.message),
      mend: own(text("mend"), rule.shipped.mend),
      national_ref: text("national_ref") === "" ? null : own(text("national_ref"), rule.shipped.national_ref ?? ""),
      ...(rule.structural
        ? null
        : {
            severity: own(text("severity") as Severity, rule.shipped.severity),
            enabled: own(data.get("enabled") === "on", rule.shipped.enabled),
          }),
    });
  };

  const placeholders = rule.placeholders.map((name) => `{${name}}`).join(" ");
  return (
    <form className="cw-form" onSubmit={submit} noValidate>
      <h3>Change it for this Trust</h3>
      <ErrorSummary errors={refusal.summary} />
      {rule.structural ? (
        <p className="cw-quiet">This rule keeps codes whole, so it can be reworded but not switched off or softened.</p>
      ) : (
        <>
          <Select
            id={refusal.idOf("severity")}
            name="severity"
            label="Severity"
            hint={severities.map(({ label, hint }) => `${label}: ${hint}.`).join(" ")}
            width="medium"
            options={severities}
            defaultValue={rule.severity}
            error={refusal.errorOf("severity")}
          />
          <Checkbox
            id={refusal.idOf("enabled")}
            name="enabled"
            label="Switched on"
            hint="Off: it is not checked in this Trust"
            defaultChecked={rule.enabled}
          />
        </>
      )}
      <TextArea
        id={refusal.idOf("message")}
        name="message"
        label="What it says"
        hint={
          placeholders ? `May use ${placeholders}: what stands in braces is filled in when the check speaks` : undefined
        }
        maxLength={400}
        defaultValue={rule.message}
        error={refusal.errorOf("message")}
      />
      <TextArea
        id={refusal.idOf("mend")}
        name="mend"
        label="How to mend it"
        maxLength={400}
        defaultValue={rule.mend}
        error={refusal.errorOf("mend")}
      />
      <TextField
        id={refusal.idOf("national_ref")}
        name="national_ref"
        label="Reference"
        hint="A national standard, or your own policy"
        maxLength={100}
        defaultValue={rule.national_ref ?? ""}
        error={refusal.errorOf("national_ref")}
      />
      <div className="cw-form__actions">
        <Button look="primary" type="submit" busy={edit.isPending}>
          Save
        </Button>
        {rule.edited ? (
          <Button refusal={whyNot(rule.can.restore)} busy={restore.isPending} onClick={() => restore.mutate()}>
            Restore as shipped
          </Button>
        ) : null}
        <Button look="link" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
