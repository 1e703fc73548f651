// Many of a list, ticked: coders, specialties, auditors.
import { Checkbox, Fieldset } from "@/kit/field.tsx";

export function Choose({
  legend,
  hint,
  error,
  options,
  chosen,
  onChange,
}: {
  legend: string;
  hint?: string;
  error?: string | undefined;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  return (
    <Fieldset legend={legend} hint={hint} error={error}>
      {options.length === 0 ? (
        <p className="cw-quiet">There is none to choose yet.</p>
      ) : (
        // It scrolls, so it must be reachable by keyboard; its boxes are.
        <div className="pg-choose">
          {options.map((option) => (
            <Checkbox
              key={option.value}
              label={option.label}
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.target.checked ? [...chosen, option.value] : chosen.filter((value) => value !== option.value),
                )
              }
            />
          ))}
        </div>
      )}
    </Fieldset>
  );
}
