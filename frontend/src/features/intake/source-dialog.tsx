import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Details, Mono } from "@/kit/bits.tsx";
import { Select, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Source, saveSource } from "./data.ts";
import { ourFields, readMapping, writeMapping } from "./mapping.ts";

const fields = ["source_id", "name", "columns", "coding_source"] as const;

export function SourceDialog({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const queryClient = useQueryClient();
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const save = useMutation({
    mutationFn: (body: { id: string; source: Parameters<typeof saveSource>[2] }) =>
      saveSource(body.id, source?.version ?? 0, body.source),
    onError: refusal.refuse,
    onSuccess: (saved) => {
      void queryClient.invalidateQueries({ queryKey: ["list_sources"] });
      confirmDone(`The mapping of ${saved.name} is saved`);
      onClose();
    },
  });
  const submit = (data: FormData) => {
    const text = (name: string) => String(data.get(name) ?? "").trim();
    const id = source?.source_id ?? text("source_id");
    const { columns, wrong } = readMapping(text("columns"));
    const missing = {
      ...(/^[a-z0-9-]{1,40}$/.test(id) ? null : { source_id: "Use small letters, digits and dashes, as ward-system" }),
      ...(text("name") ? null : { name: "Enter the sender's name" }),
      ...(wrong
        ? { columns: `Line ${wrong} is not "their column = our field"` }
        : Object.keys(columns).length === 0
          ? { columns: "Map at least one column" }
          : null),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    save.mutate({
      id,
      source: { name: text("name"), columns, coding_source: text("coding_source") === "encoder" ? "encoder" : "pas" },
    });
  };
  return (
    <FormDialog
      title={source ? `Mapping of ${source.name}` : "Add a mapping"}
      onClose={onClose}
      act="Save"
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      {source ? null : (
        <TextField
          id={refusal.idOf("source_id")}
          name="source_id"
          label="Id"
          hint="As programs name this sender, for example ward-system"
          mono
          width="medium"
          maxLength={40}
          error={refusal.errorOf("source_id")}
        />
      )}
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="Sender"
        maxLength={100}
        defaultValue={source?.name}
        error={refusal.errorOf("name")}
      />
      <TextArea
        id={refusal.idOf("columns")}
        name="columns"
        rows={9}
        label="Columns"
        hint="One a line: their column = our field, for example PrimDiag = dx_1"
        defaultValue={source ? writeMapping(source.columns) : ""}
        error={refusal.errorOf("columns")}
      />
      <Details summary="Our fields">
        <p className="intake-fields">
          <Mono>{ourFields.join(" ")}</Mono>
        </p>
        <p>
          Diagnoses are <Mono>dx_1</Mono> to <Mono>dx_99</Mono>, procedures <Mono>px_1</Mono> to <Mono>px_99</Mono>,
          their dates <Mono>px_date_1</Mono> to <Mono>px_date_99</Mono>. A column that is not mapped and not known is
          left out.
        </p>
      </Details>
      <Select
        id={refusal.idOf("coding_source")}
        name="coding_source"
        label="Codes in these files come from"
        options={[
          { value: "pas", label: "the PAS" },
          { value: "encoder", label: "an encoder" },
        ]}
        defaultValue={source?.coding_source ?? "pas"}
        error={refusal.errorOf("coding_source")}
      />
    </FormDialog>
  );
}
