// The charts of a report, as its files draw them.
import type { BarChart, IntervalChart } from "./data.ts";

const width = 640;
const left = 170;
const right = 70;

export function Intervals({ chart }: { chart: IntervalChart }) {
  const least = Math.min(0.9, ...chart.rows.flatMap((row) => [row.low, ...row.marks.map((mark) => mark.share)]));
  const from = Math.max(0, Math.floor(least * 10 - 0.2) / 10);
  const at = (share: number) => left + ((share - from) / (1 - from)) * (width - left - right);
  const steps = Array.from({ length: Math.round((1 - from) * 10) + 1 }, (_, n) => from + n / 10);
  const bottom = chart.rows.length * 40;
  const names = chart.rows[0]?.marks.map((mark) => mark.name) ?? [];
  return (
    <figure className="rp-figure">
      <figcaption>{chart.title}</figcaption>
      <svg viewBox={`0 0 ${width} ${bottom + 26}`} role="img" aria-label={chart.alt}>
        {steps.map((step) => (
          <g key={step}>
            <line className="rp-grid" x1={at(step)} x2={at(step)} y1={0} y2={bottom} />
            <text className="rp-axis" x={at(step)} y={bottom + 18} textAnchor="middle">
              {Math.round(step * 100)}%
            </text>
          </g>
        ))}
        {chart.rows.map((row, n) => {
          const y = n * 40 + 20;
          return (
            <g key={row.label}>
              <text className="rp-label" x={0} y={y}>
                {row.label}
              </text>
              <text className="rp-axis" x={0} y={y + 14}>
                {row.of} codes{row.small ? ", few" : ""}
              </text>
              {row.marks.map((mark, k) => (
                <rect
                  key={mark.name}
                  className={`rp-mark rp-mark--${k}`}
                  x={at(mark.share) - 1}
                  y={y - 13}
                  width={2}
                  height={26}
                />
              ))}
              <rect
                className={row.small ? "rp-range rp-range--few" : "rp-range"}
                x={at(row.low)}
                y={y - 3}
                width={Math.max(1, at(row.high) - at(row.low))}
                height={6}
                rx={3}
              />
              <circle className={row.small ? "rp-point rp-point--few" : "rp-point"} cx={at(row.share)} cy={y} r={5} />
              <text className="rp-label" x={width} y={y + 4} textAnchor="end">
                {row.said}
              </text>
            </g>
          );
        })}
      </svg>
      <p className="rp-legend" aria-hidden="true">
        {names.map((name, k) => (
          <span key={name}>
            <i className={`rp-key rp-key--${k}`} /> Threshold of {name}
          </span>
        ))}
        <span>
          <i className="rp-key rp-key--range" /> Interval
        </span>
      </p>
    </figure>
  );
}

export function Bars({ chart }: { chart: BarChart }) {
  const most = Math.max(1, ...chart.rows.map((row) => sum(row.parts)));
  const used = chart.parts.map((name, k) => ({ name, k })).filter(({ k }) => chart.rows.some((row) => row.parts[k]));
  const start = 220;
  const scale = (n: number) => (n / most) * (width - start - 50);
  return (
    <figure className="rp-figure">
      <figcaption>{chart.title}</figcaption>
      <svg viewBox={`0 0 ${width} ${chart.rows.length * 26}`} role="img" aria-label={chart.alt}>
        {chart.rows.map((row, n) => {
          let x = start;
          return (
            <g key={row.label}>
              <text className="rp-label rp-label--plain" x={0} y={n * 26 + 17}>
                {row.label}
              </text>
              {row.parts.map((part, k) => {
                const here = x;
                x += scale(part);
                return part ? (
                  <rect
                    key={chart.parts[k]}
                    className={`rp-bar rp-bar--${k}`}
                    x={here}
                    y={n * 26 + 4}
                    width={scale(part)}
                    height={18}
                  />
                ) : null;
              })}
              <text className="rp-label" x={start + scale(sum(row.parts)) + 6} y={n * 26 + 17}>
                {sum(row.parts)}
              </text>
            </g>
          );
        })}
      </svg>
      <p className="rp-legend" aria-hidden="true">
        {used.map(({ name, k }) => (
          <span key={name}>
            <i className={`rp-key rp-key--bar-${k}`} /> {name}
          </span>
        ))}
      </p>
    </figure>
  );
}

function sum(parts: readonly number[]): number {
  return parts.reduce((all, part) => all + part, 0);
}
