import { None } from "@/kit/bits.tsx";

/** In the order of an episode's life; what is not named here follows. */
const order = [
  "episode_number",
  "sex",
  "admitted_on",
  "started_on",
  "ended_on",
  "discharged_on",
  "main_specialty_code",
];

/** The first rows as they were understood, so that a wrong mapping is seen before it does harm. */
export function Sample({ rows }: { rows: readonly Record<string, unknown>[] }) {
  const names = [...new Set([...order, ...rows.flatMap((row) => Object.keys(row))])].filter((name) =>
    rows.some((row) => row[name] !== undefined && row[name] !== null && row[name] !== ""),
  );
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="sample-title">
      <h2 id="sample-title">First rows, as understood</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard. */}
      <section className="cw-table-region intake__sample" aria-labelledby="sample-title" tabIndex={0}>
        <table className="cw-table">
          <thead>
            <tr>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name.replaceAll("_", " ")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // Rows of a file have no name but their place.
              <tr key={`${index}`}>
                {names.map((name) => (
                  <td key={name} className="cw-nowrap">
                    {shown(row[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function shown(value: unknown) {
  if (value === null || value === undefined || value === "") return <None>empty</None>;
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(" ") : <None>none</None>;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
