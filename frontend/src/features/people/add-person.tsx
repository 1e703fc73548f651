import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { addPerson, waysInQuery } from "./data.ts";
import { type PersonField, PersonFields, personFields, readPerson } from "./person-fields.tsx";

export function AddPerson({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const waysIn = useQuery(waysInQuery);
  const refusal = useFormRefusal<PersonField>(personFields);
  const add = useMutation({
    mutationFn: addPerson,
    onError: refusal.refuse,
    onSuccess: (person) => {
      void queryClient.invalidateQueries({ queryKey: ["list_people"] });
      confirmDone(`${person.name} was added`);
      onClose();
      void navigate({ to: "/people/$personId", params: { personId: person.person_id } });
    },
  });

  const submit = (data: FormData) => {
    const username = String(data.get("username") ?? "").trim();
    const reference = String(data.get("reference") ?? "").trim();
    const person = readPerson(data);
    const missing = {
      ...(username ? null : { username: "Enter a user name" }),
      ...(person.name ? null : { name: "Enter their name" }),
      ...(person.roles.length > 0 ? null : { roles: "Choose at least one role" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    add.mutate({ username, ...person, ...(reference ? { link: { reference } } : null) });
  };

  const hasIssuer = (waysIn.data?.issuers.length ?? 0) > 0;
  return (
    <FormDialog
      title="Add a person"
      onClose={onClose}
      act="Add"
      busy={add.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <TextField
        id={refusal.idOf("username")}
        name="username"
        label="User name"
        hint="Letters, digits, dots and dashes, as jo.bell"
        width="medium"
        mono
        maxLength={64}
        error={refusal.errorOf("username")}
      />
      <PersonFields refusal={refusal} />
      {hasIssuer ? (
        <TextField
          id={refusal.idOf("reference")}
          name="reference"
          label="Reference of their organisation sign-in"
          hint="The 8 characters they were shown when they tried to sign in; may be given later"
          width="short"
          mono
          maxLength={8}
          error={refusal.errorOf("reference")}
        />
      ) : null}
      {waysIn.data?.local_accounts ? (
        <p className="cw-quiet">A local password is made on the next page, and shown once.</p>
      ) : null}
    </FormDialog>
  );
}
