import { useState } from "react";
import { TextField } from "@/kit/field.tsx";
import { type CodeClass, classes, keyOf, type Level, perCent, shareOf, type Thresholds } from "./bodies.ts";
import { changed, EditTable, without } from "./edit-table.tsx";

export function ThresholdFields({ body, onBody }: { body: Thresholds; onBody: (body: Thresholds) => void }) {
  const set = (levels: Level[]) => onBody({ ...body, levels });
  return (
    <fieldset className="cw-fieldset">
      <legend className="cw-field__label">Levels, lowest first</legend>
      <div className="au-pair">
        <TextField
          label="Regime"
          width="medium"
          maxLength={200}
          value={body.regime}
          onChange={(event) => onBody({ ...body, regime: event.target.value })}
        />
        <TextField
          label="Episodes it asks for"
          type="number"
          min={1}
          width="short"
          value={body.episodes ?? ""}
          onChange={(event) => onBody({ ...body, episodes: Number(event.target.value) || null })}
        />
      </div>
      <EditTable
        caption="Levels and what each class needs, per cent"
        headings={["Level", ...classes.map((one) => `${one.label}, %`)]}
        rows={body.levels}
        nameOf={(level, at) => level.name || `level ${at + 1}`}
        cells={(level, at) => [
          <TextField
            key="name"
            label={`Name of level ${at + 1}`}
            labelHidden
            maxLength={100}
            value={level.name}
            onChange={(event) => set(changed(body.levels, at, { name: event.target.value }))}
            onBlur={() => (level.key === "new" ? set(changed(body.levels, at, { key: keyOf(level.name) })) : undefined)}
          />,
          ...classes.map((klass) => (
            <ShareCell
              key={klass.value}
              label={`${klass.label} for ${level.name || `level ${at + 1}`}, per cent`}
              share={level.needed[klass.value]}
              onShare={(value) => set(changed(body.levels, at, { needed: needs(level.needed, klass.value, value) }))}
            />
          )),
        ]}
        addLabel="Add a level"
        onAdd={() => set([...body.levels, { key: "new", name: "", needed: {} }])}
        onRemove={(at) => set(without(body.levels, at))}
      />
    </fieldset>
  );
}

/** A class without a share is not asked for. */
export function needs(of: Level["needed"], klass: CodeClass, share: string): Level["needed"] {
  const { [klass]: _, ...rest } = of;
  return share === "" ? rest : { ...rest, [klass]: share };
}

export function ShareCell({
  label,
  share,
  onShare,
}: {
  label: string;
  share: string | undefined;
  onShare: (share: string) => void;
}) {
  const [typed, setTyped] = useState(perCent(share));
  return (
    <TextField
      label={label}
      labelHidden
      inputMode="decimal"
      width="short"
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        onShare(shareOf(event.target.value));
      }}
    />
  );
}
