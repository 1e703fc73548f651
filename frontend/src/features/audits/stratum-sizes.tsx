// So many of each stratum, set one by one.
import { useId, useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { count } from "@/kit/numbers.ts";
import { stratumFault } from "./sampling.ts";
import { strataNoun } from "./words.ts";

export function StratumSizes({
  by,
  strata,
  sizes,
  onSizes,
}: {
  by: string;
  strata: readonly Schemas["StratumOut"][];
  sizes: Readonly<Record<string, number>>;
  /** Null while a number is not right. */
  onSizes: (sizes: Record<string, number> | null) => void;
}) {
  const table = useId();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const shown = (key: string) => typed[key] ?? String(sizes[key] ?? 0);
  const type = (key: string, text: string) => {
    const now = { ...typed, [key]: text };
    setTyped(now);
    const of = (one: string) => now[one] ?? String(sizes[one] ?? 0);
    const right = strata.every((one) => stratumFault(of(one.key), one.frame) === null);
    onSizes(right ? Object.fromEntries(strata.map((one) => [one.key, Number(of(one.key))])) : null);
  };
  return (
    <table className="cw-table au-strata">
      <caption className="cw-hidden">Episodes of each stratum</caption>
      <thead>
        <tr>
          <th scope="col">{strataNoun[by] ?? "Stratum"}</th>
          <th scope="col" className="cw-right">
            Can be drawn
          </th>
          <th scope="col">Episodes to draw</th>
        </tr>
      </thead>
      <tbody>
        {strata.map((one, row) => {
          const fault = stratumFault(shown(one.key), one.frame);
          const id = `${table}-${row}`;
          return (
            <tr key={one.key}>
              <th scope="row">{one.label}</th>
              <td className="cw-right">{count(one.frame)}</td>
              <td>
                <input
                  className="cw-input cw-input--compact cw-input--short"
                  type="number"
                  min={0}
                  max={one.frame}
                  aria-label={`Episodes to draw of ${one.label}`}
                  aria-invalid={fault ? true : undefined}
                  aria-describedby={fault ? id : undefined}
                  value={shown(one.key)}
                  onChange={(event) => type(one.key, event.target.value)}
                />{" "}
                {fault ? (
                  <span id={id} className="cw-field__error">
                    {fault}
                  </span>
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
