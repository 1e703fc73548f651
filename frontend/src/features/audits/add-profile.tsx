// A profile under a key of its own begins as a copy of another of its kind, and is edited from there.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Select, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { keyOf } from "./bodies.ts";
import { addProfile, type ProfileRow, profileQuery } from "./data.ts";

export function AddProfile({ profiles, onClose }: { profiles: readonly ProfileRow[]; onClose: () => void }) {
  const go = useNavigate();
  const client = useQueryClient();
  const refusal = useFormRefusal(["like", "name", "key", "reason"]);
  const [like, setLike] = useState(profiles[0]?.profile_id ?? "");
  const copied = useQuery(profileQuery(like));
  const add = useMutation({
    mutationFn: addProfile,
    onError: refusal.refuse,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list_audit_profiles"] });
      confirmDone("The profile is published");
      onClose();
      void go({ to: "/audit-profiles/$profileId", params: { profileId: made.profile_id } });
    },
  });
  return (
    <FormDialog
      title="Add a profile"
      onClose={onClose}
      act="Add"
      busy={add.isPending || copied.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const name = String(data.get("name") ?? "").trim();
        const reason = String(data.get("reason") ?? "").trim();
        const from = copied.data;
        if (!name) return refusal.complain({ name: "Enter a name" });
        if (reason.length < 3) return refusal.complain({ reason: "Say why" });
        if (!from) return;
        refusal.clear();
        add.mutate({
          kind: from.kind,
          key: keyOf(name),
          name,
          organisation_type: from.organisation_type,
          valid_from: from.valid_from,
          valid_to: null,
          body: from.body,
          reason,
        });
      }}
    >
      <Select
        id={refusal.idOf("like")}
        label="Begins as a copy of"
        width="long"
        value={like}
        options={profiles.map((one) => ({ value: one.profile_id, label: `${one.kind_label}: ${one.name}` }))}
        onChange={(event) => setLike(event.target.value)}
      />
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="Name"
        maxLength={100}
        error={refusal.errorOf("name") ?? refusal.errorOf("key")}
      />
      <TextField
        id={refusal.idOf("reason")}
        name="reason"
        label="Why"
        maxLength={500}
        error={refusal.errorOf("reason")}
      />
    </FormDialog>
  );
}
