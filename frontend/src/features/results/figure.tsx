// A share with its interval: as words, and as a bar against the thresholds.
import { classes } from "@/kit/classes.ts";
import { aimed } from "@/kit/numbers.ts";
import type { Figure } from "./data.ts";
import { intervalWords, onBar, shareWords } from "./words.ts";

/** Too little to go by is grey and says so. In a table of many the interval stands under its share. */
export function Share({ figure, strong, stacked }: { figure: Figure; strong?: boolean; stacked?: boolean }) {
  if (figure.percent === null) return <span className="cw-quiet">not applicable</span>;
  return (
    <span
      className={classes("re-share", figure.small && "re-share--small", stacked && "re-share--stacked") || undefined}
    >
      {strong ? <b>{shareWords(figure)}</b> : shareWords(figure)}{" "}
      <span className="re-interval">
        {intervalWords(figure)}
        {figure.small ? " · few" : ""}
      </span>
    </span>
  );
}

const width = 110;
const height = 18;

/** The interval as a bar and the point as a mark; each threshold a line. It says in words what it draws. */
export function RangeBar({
  figure,
  from,
  needed,
  label,
}: {
  figure: Figure;
  from: number;
  needed: readonly { share: number; name: string }[];
  label: string;
}) {
  const at = onBar(figure, from);
  if (!at) return <span className="cw-quiet">not applicable</span>;
  const lines = needed.map((level) => `${level.name} at ${aimed(level.share)}`).join(", ");
  return (
    <svg
      className={classes("re-bar", figure.small && "re-bar--small")}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}: ${shareWords(figure)}, interval ${intervalWords(figure)}${lines ? `; ${lines}` : ""}`}
    >
      <rect className="re-bar__ground" x={0} y={7} width={width} height={4} />
      <rect
        className="re-bar__range"
        x={at.left * width}
        y={5}
        width={Math.max(2, (at.right - at.left) * width)}
        height={8}
      />
      {needed.map((level) => {
        const x = Math.min(width - 1, Math.max(1, ((level.share - from) / (1 - from)) * width));
        return <line key={level.name} className="re-bar__needed" x1={x} x2={x} y1={1} y2={height - 1} />;
      })}
      <circle className="re-bar__point" cx={Math.min(width - 4, Math.max(4, at.point * width))} cy={9} r={3.5} />
    </svg>
  );
}
