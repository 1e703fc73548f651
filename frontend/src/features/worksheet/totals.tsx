// The audit so far, by class, with intervals: the foot of the worksheet.
import { useQuery } from "@tanstack/react-query";
import { totalsQuery } from "./data.ts";

export function Totals({ auditId }: { auditId: string }) {
  const { data } = useQuery(totalsQuery(auditId));
  // Its place is kept while it is worked out: nothing above may move, least of all the line in hand.
  if (!data) return <div className="ws-totals ws-totals--waiting" />;
  return (
    <section className="ws-totals" aria-label="The audit so far">
      {data.headline.classes.map((one) => {
        const { correct } = one;
        return (
          <div key={one.code_class} className={correct.small ? "ws-total ws-total--small" : "ws-total"}>
            <span className="ws-total__name">{one.label}</span>
            {correct.percent === null ? (
              <span className="cw-quiet">{data.episodes.looked_at === 0 ? "none finished yet" : "no codes"}</span>
            ) : (
              <span>
                <b className="ws-total__share">{correct.percent} %</b>{" "}
                <span className="cw-quiet">
                  {correct.counted} of {correct.of}
                  {correct.low_percent === null ? "" : ` · ${correct.low_percent} to ${correct.high_percent}`}
                  {correct.small ? " · few" : ""}
                </span>
              </span>
            )}
          </div>
        );
      })}
    </section>
  );
}
