import { useMutation, useQueryClient } from "@tanstack/react-query";
import { DateField } from "@/kit/date-field.tsx";
import { Checkbox, Fieldset, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { addClient, type Scope } from "./data.ts";
import { NewKey } from "./new-key.tsx";
import { scopes } from "./scopes.ts";

const fields = ["name", "scopes", "expires_at"] as const;

export function AddClient({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const add = useMutation({
    mutationFn: addClient,
    onError: refusal.refuse,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["list_api_clients"] }),
  });

  const submit = (data: FormData) => {
    const name = String(data.get("name") ?? "").trim();
    const chosen = data.getAll("scopes").map((scope) => String(scope) as Scope);
    const expires = String(data.get("expires_at") ?? "");
    const missing = {
      ...(name ? null : { name: "Enter the name of the system" }),
      ...(chosen.length > 0 ? null : { scopes: "Choose what it is for" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    // The key ends with the day chosen; midnight UTC after it is within an hour of London's.
    add.mutate({ name, scopes: chosen, expires_at: expires ? `${expires}T23:59:59Z` : null });
  };

  if (add.data) return <NewKey made={add.data} onClose={onClose} />;
  return (
    <FormDialog
      title="Add an API client"
      onClose={onClose}
      act="Make a key"
      busy={add.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="System"
        hint="As it is known here, for example PAS interface"
        maxLength={100}
        error={refusal.errorOf("name")}
      />
      <Fieldset legend="What it is for" error={refusal.errorOf("scopes")}>
        {scopes.map(({ scope, label, hint }, index) => (
          <Checkbox
            key={scope}
            id={index === 0 ? refusal.idOf("scopes") : undefined}
            name="scopes"
            value={scope}
            label={label}
            hint={hint}
          />
        ))}
      </Fieldset>
      <DateField
        id={refusal.idOf("expires_at")}
        name="expires_at"
        label="Last day of the key"
        hint="Empty: it works until it is revoked"
        error={refusal.errorOf("expires_at")}
      />
    </FormDialog>
  );
}
