import { useState } from "react";
import { Checkbox, Fieldset, Select, TextArea, TextField } from "@/kit/field.tsx";
import {
  attributions,
  type CodeClass,
  classes,
  errorTypes,
  lines,
  type Methodology,
  type OfficialKey,
  qualifications,
} from "./bodies.ts";
import { changed, EditTable, without } from "./edit-table.tsx";

export function MethodologyFields({ body, onBody }: { body: Methodology; onBody: (body: Methodology) => void }) {
  const set = (change: Partial<Methodology>) => onBody({ ...body, ...change });
  const [citations, setCitations] = useState(body.not_citations.join("\n"));
  const [sensitive, setSensitive] = useState(body.sensitive_words.join("\n"));
  const toggled = (list: readonly string[], value: string, on: boolean) =>
    on ? [...list, value] : list.filter((one) => one !== value);
  const number = (name: "small_n" | "reply_working_days" | "answer_working_days", label: string) => (
    <TextField
      label={label}
      type="number"
      min={1}
      width="short"
      value={body[name]}
      onChange={(event) => set({ [name]: Number(event.target.value) })}
    />
  );
  return (
    <>
      <div className="au-pair">
        <Fieldset legend="Told, and not counted as errors">
          {errorTypes.map((one) => (
            <Checkbox
              key={one.value}
              label={one.label}
              checked={body.not_counted.includes(one.value)}
              onChange={(event) => set({ not_counted: toggled(body.not_counted, one.value, event.target.checked) })}
            />
          ))}
        </Fieldset>
        <div className="cw-form">
          <Select
            label="Episodes that are unsafe to audit"
            width="medium"
            value={body.unsafe}
            options={[
              { value: "exclude", label: "Left out, told as a rate" },
              { value: "count_as_error", label: "Counted as an error" },
            ]}
            onChange={(event) => set({ unsafe: event.target.value as Methodology["unsafe"] })}
          />
          <Checkbox
            label="Errors that are not the coder's lower the accuracy too"
            checked={body.non_coder_counts}
            onChange={(event) => set({ non_coder_counts: event.target.checked })}
          />
          <Checkbox
            label="A coder's error must cite a standard"
            checked={body.standard_needed}
            onChange={(event) => set({ standard_needed: event.target.checked })}
          />
          <Select
            label="Confidence of intervals"
            width="short"
            value={String(body.confidence)}
            options={["0.9", "0.95", "0.99"].map((one) => ({ value: one, label: `${Number(one) * 100} %` }))}
            onChange={(event) => set({ confidence: Number(event.target.value) })}
          />
          <div className="au-pair">
            {number("small_n", "Greyed under, units")}
            {number("reply_working_days", "Coders reply within, working days")}
            {number("answer_working_days", "Auditors answer within, working days")}
          </div>
          <Fieldset legend="One of these must be in force to audit" hint="None: no qualification is asked for">
            {qualifications.map((one) => (
              <Checkbox
                key={one.value}
                label={one.label}
                checked={body.qualifications.includes(one.value)}
                onChange={(event) =>
                  set({ qualifications: toggled(body.qualifications, one.value, event.target.checked) })
                }
              />
            ))}
          </Fieldset>
        </div>
      </div>
      <div className="au-pair">
        <TextArea
          label="Beginnings of what cannot stand alone as a citation"
          hint="One a line, as QRD"
          value={citations}
          onChange={(event) => {
            setCitations(event.target.value);
            set({ not_citations: lines(event.target.value) });
          }}
        />
        <TextArea
          label="Words that give pause in a comment to a coder"
          hint="One a line"
          rows={5}
          value={sensitive}
          onChange={(event) => {
            setSensitive(event.target.value);
            set({ sensitive_words: lines(event.target.value) });
          }}
        />
      </div>
      <OfficialKeys keys={body.official_keys} onKeys={(official_keys) => set({ official_keys })} />
    </>
  );
}

function OfficialKeys({ keys, onKeys }: { keys: OfficialKey[]; onKeys: (keys: OfficialKey[]) => void }) {
  return (
    <fieldset className="cw-fieldset">
      <legend className="cw-field__label">Official error keys</legend>
      <div className="cw-field__hint">
        For an approved auditor, who knows them. Each stands beside our neutral one on worksheets and reports.
      </div>
      <EditTable
        caption="Official keys of our neutral ones"
        headings={["Class", "Error", "Whose", "Key", "Words"]}
        rows={keys}
        nameOf={(one, at) => one.key || `key ${at + 1}`}
        cells={(one, at) => [
          <Select
            key="class"
            label={`Class of key ${at + 1}`}
            labelHidden
            options={classes}
            value={one.code_class}
            onChange={(event) => onKeys(changed(keys, at, { code_class: event.target.value as CodeClass }))}
          />,
          <Select
            key="type"
            label={`Error of key ${at + 1}`}
            labelHidden
            options={errorTypes}
            value={one.error_type}
            onChange={(event) => onKeys(changed(keys, at, { error_type: event.target.value }))}
          />,
          <Select
            key="who"
            label={`Whose, of key ${at + 1}`}
            labelHidden
            options={attributions}
            value={one.attribution}
            onChange={(event) => onKeys(changed(keys, at, { attribution: event.target.value }))}
          />,
          <TextField
            key="key"
            label={`Official key ${at + 1}`}
            labelHidden
            mono
            maxLength={20}
            value={one.key}
            onChange={(event) => onKeys(changed(keys, at, { key: event.target.value }))}
          />,
          <TextField
            key="words"
            label={`Words of key ${at + 1}`}
            labelHidden
            maxLength={200}
            value={one.words}
            onChange={(event) => onKeys(changed(keys, at, { words: event.target.value }))}
          />,
        ]}
        addLabel="Add a key"
        onAdd={() =>
          onKeys([
            ...keys,
            { code_class: "primary_diagnosis", error_type: "wrong_char_3", attribution: "coder", key: "", words: "" },
          ])
        }
        onRemove={(at) => onKeys(without(keys, at))}
      />
    </fieldset>
  );
}
