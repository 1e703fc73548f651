import type { Schemas } from "@/api/client.ts";
import { None } from "@/kit/bits.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { DataTable } from "@/kit/table.tsx";
import { chance, strataNoun } from "./words.ts";

/** What each stratum has, gives, and with which chance. */
export function Strata({ by, strata }: { by: string | null; strata: readonly Schemas["StratumOut"][] }) {
  return (
    <DataTable
      caption="Strata of the sample"
      sticky={false}
      columns={[
        { key: "label", heading: by ? (strataNoun[by] ?? by) : "Stratum", rowHeading: true, cell: (one) => one.label },
        { key: "frame", heading: "Can be drawn", align: "right", cell: (one) => count(one.frame) },
        { key: "drawn", heading: "Drawn", align: "right", cell: (one) => count(one.drawn) },
        {
          key: "chance",
          heading: "Chance of each",
          align: "right",
          nowrap: true,
          cell: (one) => (one.probability === null ? <None /> : chance(one.probability)),
        },
      ]}
      rows={strata}
      keyOf={(one) => one.key || "all"}
    />
  );
}

export function LeftOut({ left }: { left: readonly Schemas["LeftOut"][] }) {
  if (left.length === 0) return <p className="cw-quiet">No episode of the period is left out.</p>;
  return (
    <div className="au-left">
      <p>
        {counted(
          left.reduce((sum, one) => sum + one.episodes, 0),
          "episode",
        )}{" "}
        left out
      </p>
      <dl>
        {left.map((one) => (
          <div key={one.reason}>
            <dt>{one.label}</dt>
            <dd>{count(one.episodes)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
