import { Select, TextField } from "@/kit/field.tsx";
import { type Citation, type Citations, citationKinds } from "./bodies.ts";
import { changed, EditTable, without } from "./edit-table.tsx";

export function CitationFields({ body, onBody }: { body: Citations; onBody: (body: Citations) => void }) {
  const set = (citations: Citation[]) => onBody({ citations });
  return (
    <fieldset className="cw-fieldset">
      <legend className="cw-field__label">What findings can cite</legend>
      <EditTable
        caption="Citations"
        headings={["Reference", "Title", "Kind"]}
        rows={body.citations}
        nameOf={(one, at) => one.ref || `citation ${at + 1}`}
        cells={(one, at) => [
          <TextField
            key="ref"
            label={`Reference ${at + 1}`}
            labelHidden
            maxLength={60}
            value={one.ref}
            onChange={(event) => set(changed(body.citations, at, { ref: event.target.value }))}
          />,
          <TextField
            key="title"
            label={`Title of ${one.ref || `citation ${at + 1}`}`}
            labelHidden
            maxLength={200}
            value={one.title}
            onChange={(event) => set(changed(body.citations, at, { title: event.target.value }))}
          />,
          <Select
            key="kind"
            label={`Kind of ${one.ref || `citation ${at + 1}`}`}
            labelHidden
            options={citationKinds}
            value={one.kind}
            onChange={(event) => set(changed(body.citations, at, { kind: event.target.value as Citation["kind"] }))}
          />,
        ]}
        addLabel="Add a citation"
        onAdd={() => set([...body.citations, { ref: "", title: "", kind: "standard" }])}
        onRemove={(at) => set(without(body.citations, at))}
      />
    </fieldset>
  );
}
