import { TextField } from "@/kit/field.tsx";
import { classes, keyOf, type Progression, type Stage } from "./bodies.ts";
import { needs, ShareCell } from "./edit-levels.tsx";
import { changed, EditTable, without } from "./edit-table.tsx";

export function ProgressionFields({ body, onBody }: { body: Progression; onBody: (body: Progression) => void }) {
  const set = (stages: Stage[]) => onBody({ stages });
  const called = (stage: Stage, at: number) => stage.name || `stage ${at + 1}`;
  return (
    <fieldset className="cw-fieldset">
      <legend className="cw-field__label">Stages, in order</legend>
      <EditTable
        caption="Stages, how much is checked, and what must be shown to leave"
        headings={["Stage", "Checked, %", ...classes.map((one) => `${one.label}, %`), "Over episodes", "Over codes"]}
        rows={body.stages}
        nameOf={called}
        cells={(stage, at) => [
          <TextField
            key="name"
            label={`Name of stage ${at + 1}`}
            labelHidden
            maxLength={100}
            value={stage.name}
            onChange={(event) => set(changed(body.stages, at, { name: event.target.value }))}
            onBlur={() => (stage.key === "new" ? set(changed(body.stages, at, { key: keyOf(stage.name) })) : undefined)}
          />,
          <ShareCell
            key="checked"
            label={`Checked in ${called(stage, at)}, per cent`}
            share={stage.checked}
            onShare={(checked) => set(changed(body.stages, at, { checked }))}
          />,
          ...classes.map((klass) => (
            <ShareCell
              key={klass.value}
              label={`${klass.label} to leave ${called(stage, at)}, per cent`}
              share={stage.to_leave[klass.value]}
              onShare={(share) =>
                set(changed(body.stages, at, { to_leave: needs(stage.to_leave, klass.value, share) }))
              }
            />
          )),
          <TextField
            key="over"
            label={`Episodes of ${called(stage, at)}`}
            labelHidden
            type="number"
            min={1}
            width="short"
            value={stage.over_episodes ?? ""}
            onChange={(event) => set(changed(body.stages, at, { over_episodes: Number(event.target.value) || null }))}
          />,
          <TextField
            key="codes"
            label={`Codes of a class of ${called(stage, at)}`}
            labelHidden
            type="number"
            min={1}
            width="short"
            placeholder="10"
            value={stage.over_codes ?? ""}
            onChange={(event) => set(changed(body.stages, at, { over_codes: Number(event.target.value) || null }))}
          />,
        ]}
        addLabel="Add a stage"
        onAdd={() => set([...body.stages, { key: "new", name: "", checked: "1", to_leave: {}, over_episodes: null }])}
        onRemove={(at) => set(without(body.stages, at))}
      />
    </fieldset>
  );
}
