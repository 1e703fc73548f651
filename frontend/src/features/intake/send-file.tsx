import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Checkbox, Field, Select } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { bytes } from "@/kit/numbers.ts";
import { sendFile, sourcesQuery } from "./data.ts";

const fields = ["file", "source_id", "preview"] as const;

export function SendFile({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const sources = useQuery(sourcesQuery);
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const send = useMutation({
    mutationFn: sendFile,
    onError: refusal.refuse,
    onSuccess: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["list_jobs"] });
      onClose();
      void navigate({ to: "/intake/jobs/$jobId", params: { jobId: job.job_id } });
    },
  });
  const submit = (data: FormData) => {
    const file = data.get("file");
    if (!(file instanceof File) || file.size === 0) return refusal.complain({ file: "Choose a file" });
    refusal.clear();
    send.mutate({
      file,
      preview: data.get("preview") === "on",
      sourceId: String(data.get("source_id") ?? "") || undefined,
    });
  };
  return (
    <FormDialog
      title="Send a file"
      onClose={onClose}
      act={send.isPending ? `Sending ${bytes(send.variables.file.size)}` : "Send"}
      busy={send.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <Field
        id={refusal.idOf("file")}
        label="File"
        hint="CSV with a heading line, or NDJSON; up to 500,000 rows"
        error={refusal.errorOf("file")}
      >
        {(wiring) => (
          <input {...wiring} type="file" name="file" accept=".csv,.ndjson,.jsonl,.txt" className="cw-input" />
        )}
      </Field>
      <Select
        id={refusal.idOf("source_id")}
        name="source_id"
        label="Columns"
        empty="CDS or HES names, as they are"
        options={
          sources.data?.items.map((source) => ({ value: source.source_id, label: `As mapped for ${source.name}` })) ??
          []
        }
        error={refusal.errorOf("source_id")}
      />
      <Checkbox
        name="preview"
        defaultChecked
        label="Look at it first"
        hint="Every row is checked and nothing is taken in until you say so"
      />
    </FormDialog>
  );
}
