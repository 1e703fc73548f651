// Evidence: a file, a link, or words.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Action, addEvidence, uploadEvidence } from "./data.ts";
import { useRefreshAction } from "./refresh.ts";

export function EvidenceForm({ action, onClose }: { action: Action; onClose: () => void }) {
  const refresh = useRefreshAction(action);
  const refusal = useFormRefusal(["title", "file", "url", "text"]);
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [url, setUrl] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const save = useMutation({
    mutationFn: () =>
      file ? uploadEvidence(action, title, file) : addEvidence(action, { title, text, url: url.trim() || null }),
    onError: refusal.refuse,
    onSuccess: () => {
      refresh();
      confirmDone("The evidence is kept");
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Evidence of action ${action.no}`}
      onClose={onClose}
      act="Save"
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={() => {
        if (title.trim().length < 3) return refusal.complain({ title: "Say what it is" });
        if (!file && url.trim() === "" && text.trim().length < 3)
          return refusal.complain({ text: "Choose a file, or give a link or words" });
        refusal.clear();
        save.mutate();
      }}
    >
      <TextField
        id={refusal.idOf("title")}
        label="What it is"
        maxLength={100}
        value={title}
        error={refusal.errorOf("title")}
        onChange={(event) => setTitle(event.target.value)}
      />
      <div className="cw-field">
        <label className="cw-label" htmlFor={refusal.idOf("file")}>
          File (optional)
        </label>
        <p className="cw-quiet">PDF, PNG, JPEG, Word, Excel, text or CSV; at most 4 MB; nothing that names a patient</p>
        {refusal.errorOf("file") ? <p className="cw-field__error">{refusal.errorOf("file")}</p> : null}
        <input
          id={refusal.idOf("file")}
          type="file"
          accept=".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.txt,.csv"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </div>
      {file ? null : (
        <>
          <TextField
            id={refusal.idOf("url")}
            label="Link (optional)"
            type="url"
            maxLength={1000}
            value={url}
            error={refusal.errorOf("url")}
            onChange={(event) => setUrl(event.target.value)}
          />
          <TextArea
            id={refusal.idOf("text")}
            label="In words (optional)"
            rows={3}
            maxLength={10000}
            value={text}
            error={refusal.errorOf("text")}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      )}
    </FormDialog>
  );
}
