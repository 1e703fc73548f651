// The file is looked at first: its faults by row and column, or what it would bring. Then it comes in whole.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Details, Facts } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { Field, TextField } from "@/kit/field.tsx";
import { bytes, count, counted } from "@/kit/numbers.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import type { Audit } from "@/parts/audit.ts";
import { classes } from "@/parts/finding-form.tsx";
import { type File as Body, importFile, type Preview, previewFile, template } from "./data.ts";
import { LARGEST } from "./words.ts";

const columns: readonly (readonly [string, string])[] = [
  ["spell_number, episode_number", "which episode; needed on every row"],
  ["code_class", "primary_diagnosis, secondary_diagnosis, primary_procedure, secondary_procedure (or PD, SD, PP, SP)"],
  ["trust_code", "our code that is wrong; empty for an omission"],
  ["external_code", "theirs; empty for a code that is not required"],
  ["error_type", "one of ours, or their own key; empty: told from the two codes"],
  ["attribution", "coder, non_coder, or empty to be said when it is accepted"],
  ["comment, standard", "their words; several standards are separated by |"],
  ["hrg_before, hrg_after", "where a grouper was run; once for each episode is enough"],
];

export function SendFile({ audit, onClose }: { audit: Audit; onClose: () => void }) {
  const client = useQueryClient();
  const [by, setBy] = useState(audit.commissioned_by);
  const [body, setBody] = useState<Body | null>(null);
  const [wrong, setWrong] = useState<string>();
  const look = useMutation({ mutationFn: (made: Body) => previewFile(audit.audit_id, made) });
  const take = useMutation({
    mutationFn: (made: Body) => importFile(audit.audit_id, made),
    onSuccess: (made) => {
      for (const name of ["see_external_figures", "list_external_findings", "see_audit", "see_sign_off"])
        void client.invalidateQueries({ queryKey: [name, audit.audit_id] });
      confirmDone(`${counted(made.findings, "finding")} in ${counted(made.episodes, "episode")} imported`);
      onClose();
    },
  });
  const choose = async (file: File | undefined) => {
    look.reset();
    setBody(null);
    setWrong(undefined);
    if (!file) return;
    if (file.size > LARGEST) return setWrong(`The file is larger than ${bytes(LARGEST)}; send it in parts`);
    const made = { external_auditor: by.trim() || "External auditor", csv: await file.text() };
    if (!made.csv) return setWrong("The file is empty");
    setBody(made);
    look.mutate(made);
  };
  const preview = look.data;
  const ready = body && preview && preview.fault_count === 0;
  const failed = take.error ?? look.error;
  return (
    <Dialog
      title="Import the external auditor's findings"
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button
            look="primary"
            busy={take.isPending || look.isPending}
            refusal={
              ready
                ? by.trim()
                  ? null
                  : "Say who the external auditor is"
                : preview
                  ? "Mend the faults first"
                  : "Choose a file"
            }
            onClick={() => body && take.mutate({ ...body, external_auditor: by.trim() })}
          >
            {ready ? `Import ${counted(preview.findings, "finding")}` : "Import"}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div className="cw-form">
        {failed ? (
          <Banner kind="error">
            <strong>{refusalOf(failed).title}.</strong> {refusalOf(failed).detail}
          </Banner>
        ) : null}
        <TextField
          label="External auditor"
          hint="A person or a firm; it stands beside each episode"
          value={by}
          maxLength={200}
          onChange={(event) => setBy(event.target.value)}
        />
        <Field label="File" hint="CSV with a heading line, up to 20,000 rows" error={wrong}>
          {(wiring) => (
            <input
              {...wiring}
              type="file"
              accept=".csv,.txt"
              className="cw-input"
              onChange={(event) => void choose(event.target.files?.[0])}
            />
          )}
        </Field>
        <Details summary="Columns of the file">
          <Facts items={columns} />
          <p>
            <a href={template}>Download an example</a>
          </p>
        </Details>
        {preview ? <Looked preview={preview} /> : null}
      </div>
    </Dialog>
  );
}

function Looked({ preview }: { preview: Preview }) {
  if (preview.fault_count > 0)
    return (
      <div className="cw-stack">
        <Banner kind="error">
          <strong>{counted(preview.fault_count, "fault")}.</strong> Nothing is imported until all are mended; row 1 is
          the heading.
        </Banner>
        <DataTable
          caption="Faults of the file"
          sticky={false}
          rows={preview.faults.map((fault, no) => ({ ...fault, no }))}
          keyOf={(fault) => String(fault.no)}
          columns={[
            { key: "row", heading: "Row", align: "right", rowHeading: true, cell: (fault) => count(fault.row) },
            { key: "column", heading: "Column", nowrap: true, cell: (fault) => fault.column || "the row" },
            { key: "reason", heading: "What is wrong", width: "grow", cell: (fault) => fault.reason },
          ]}
        />
      </div>
    );
  return (
    <div className="cw-stack" role="status">
      <p>
        <strong>No fault.</strong> It would bring {counted(preview.findings, "finding")} in{" "}
        {counted(preview.episodes, "episode")}, {count(preview.without_error)} of them without an error
        {preview.grouped > 0 ? `, ${count(preview.grouped)} with HRGs` : ""}.
      </p>
      <Facts
        inline
        items={Object.entries(preview.by_class).map(
          ([key, n]) => [classes[key as keyof typeof classes] ?? key, count(n)] as const,
        )}
      />
      {preview.own_keys.length > 0 ? (
        <Banner>
          Keys that the methodology does not know are kept, and their type is told from the two codes:{" "}
          {preview.own_keys.join(", ")}
        </Banner>
      ) : null}
    </div>
  );
}
