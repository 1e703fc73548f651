import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DateField } from "@/kit/date-field.tsx";
import { Field, Select, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { loadEdition } from "./data.ts";

const fields = ["file", "system", "edition", "title", "valid_from_on", "valid_to_on", "format"] as const;

const formats = {
  icd10: [
    { value: "trud_icd10", label: "TRUD ICD-10 codes and metadata" },
    { value: "csv", label: "Plain CSV: code,title[,usage]" },
  ],
  opcs4: [
    { value: "trud_opcs4", label: "TRUD OPCS-4 codes and metadata" },
    { value: "csv", label: "Plain CSV: code,title[,usage]" },
  ],
};

export function LoadEdition({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [system, setSystem] = useState<"icd10" | "opcs4">("opcs4");
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const load = useMutation({
    mutationFn: loadEdition,
    onError: refusal.refuse,
    onSuccess: (edition) => {
      void queryClient.invalidateQueries({ queryKey: ["list_editions"] });
      onClose();
      void navigate({ to: "/editions/$editionId", params: { editionId: edition.edition_id } });
    },
  });

  const submit = (data: FormData) => {
    const value = (name: string) => String(data.get(name) ?? "").trim();
    const files = data.getAll("file").filter((file): file is File => file instanceof File && file.size > 0);
    const missing = {
      ...(files.length > 0 ? null : { file: "Choose the code file" }),
      ...(value("edition") ? null : { edition: "Enter the short name of the edition" }),
      ...(value("title") ? null : { title: "Enter its title" }),
      ...(value("valid_from_on") ? null : { valid_from_on: "Enter its first day" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    load.mutate({
      files,
      system,
      edition: value("edition"),
      title: value("title"),
      valid_from_on: value("valid_from_on"),
      valid_to_on: value("valid_to_on"),
      format: value("format"),
    });
  };

  return (
    <FormDialog
      title="Load an edition"
      onClose={onClose}
      act={load.isPending ? "Reading the files" : "Load as a preview"}
      busy={load.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <p className="cw-quiet">
        Nothing is coded with it yet: the next page shows what it adds, changes and removes, and from there it is made
        ready or discarded.
      </p>
      <div className="cw-form__pair">
        <Select
          id={refusal.idOf("system")}
          name="system"
          label="Classification"
          value={system}
          options={[
            { value: "icd10", label: "ICD-10" },
            { value: "opcs4", label: "OPCS-4" },
          ]}
          onChange={(event) => setSystem(event.target.value === "icd10" ? "icd10" : "opcs4")}
          error={refusal.errorOf("system")}
        />
        <Select
          id={refusal.idOf("format")}
          name="format"
          label="Format"
          options={formats[system]}
          error={refusal.errorOf("format")}
        />
      </div>
      <Field
        id={refusal.idOf("file")}
        label="Files"
        hint="The codes file and the metadata file, or the zip as TRUD gives it"
        error={refusal.errorOf("file")}
      >
        {(wiring) => (
          <input {...wiring} type="file" name="file" multiple accept=".txt,.csv,.tsv,.zip" className="cw-input" />
        )}
      </Field>
      <div className="cw-form__pair">
        <TextField
          id={refusal.idOf("edition")}
          name="edition"
          label="Short name"
          hint="For example 4.11"
          mono
          maxLength={32}
          error={refusal.errorOf("edition")}
        />
        <TextField
          id={refusal.idOf("title")}
          name="title"
          label="Title"
          hint="For example OPCS-4.11"
          maxLength={100}
          error={refusal.errorOf("title")}
        />
      </div>
      <div className="cw-form__pair">
        <DateField
          id={refusal.idOf("valid_from_on")}
          name="valid_from_on"
          label="First day"
          hint="Of the episodes coded in it, by end date"
          error={refusal.errorOf("valid_from_on")}
        />
        <DateField
          id={refusal.idOf("valid_to_on")}
          name="valid_to_on"
          label="Last day"
          hint="Empty: until another one follows"
          error={refusal.errorOf("valid_to_on")}
        />
      </div>
    </FormDialog>
  );
}
