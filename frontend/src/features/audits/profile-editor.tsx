// The next version of a profile: small tables to edit, the days it holds, and why.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "@/kit/button.tsx";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { ErrorSummary } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import type { Citations, Methodology, Progression, Thresholds } from "./bodies.ts";
import { type Profile, publishProfile } from "./data.ts";
import { CitationFields } from "./edit-citations.tsx";
import { ThresholdFields } from "./edit-levels.tsx";
import { MethodologyFields } from "./edit-methodology.tsx";
import { ProgressionFields } from "./edit-stages.tsx";

const fields = ["name", "valid_from", "valid_to", "reason"] as const;

export function ProfileEditor({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const client = useQueryClient();
  const go = useNavigate();
  const [body, setBody] = useState<unknown>(profile.body);
  const refusal = useFormRefusal(fields);
  const publish = useMutation({
    mutationFn: (version: Parameters<typeof publishProfile>[1]) => publishProfile(profile, version),
    onError: refusal.refuse,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list_audit_profiles"] });
      void client.invalidateQueries({ queryKey: ["see_audit_profile", profile.profile_id] });
      confirmDone(`Version ${made.version} is published`);
      onClose();
      void go({ to: "/audit-profiles/$profileId", params: { profileId: profile.profile_id }, search: {} });
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const said = (name: string) => String(data.get(name) ?? "").trim();
    const missing = {
      ...(said("name") ? null : { name: "Enter a name" }),
      ...(said("valid_from") ? null : { valid_from: "Enter the first day" }),
      ...(said("reason").length >= 3 ? null : { reason: "Say why this version is made" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    publish.mutate({
      name: said("name"),
      organisation_type: profile.organisation_type,
      valid_from: said("valid_from"),
      valid_to: said("valid_to") || null,
      body: body as Profile["body"],
      reason: said("reason"),
    });
  };

  return (
    <form className="cw-stack cw-stack--wide" onSubmit={submit} noValidate aria-label={`Version ${profile.latest + 1}`}>
      <ErrorSummary errors={refusal.summary} />
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="Name"
        width="long"
        maxLength={100}
        defaultValue={profile.name}
        error={refusal.errorOf("name")}
      />
      {profile.kind === "threshold" ? <ThresholdFields body={body as Thresholds} onBody={setBody} /> : null}
      {profile.kind === "methodology" ? <MethodologyFields body={body as Methodology} onBody={setBody} /> : null}
      {profile.kind === "citation" ? <CitationFields body={body as Citations} onBody={setBody} /> : null}
      {profile.kind === "progression" ? <ProgressionFields body={body as Progression} onBody={setBody} /> : null}
      <div className="au-pair">
        <DateField
          id={refusal.idOf("valid_from")}
          name="valid_from"
          label="In force from"
          hint="For audits whose period ends on or after that day"
          value={londonDay(Date.now())}
          error={refusal.errorOf("valid_from")}
        />
        <DateField
          id={refusal.idOf("valid_to")}
          name="valid_to"
          label="until"
          hint="Empty for no end"
          error={refusal.errorOf("valid_to")}
        />
      </div>
      <TextField
        id={refusal.idOf("reason")}
        name="reason"
        label="Why this version is made"
        maxLength={500}
        error={refusal.errorOf("reason")}
      />
      <p className="cw-quiet">
        Version {profile.latest} stays as it is, and audits drawn with it keep it. A version cannot be taken back, only
        followed.
      </p>
      <div className="cw-form__actions">
        <Button look="primary" type="submit" busy={publish.isPending}>
          Publish version {profile.latest + 1}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
