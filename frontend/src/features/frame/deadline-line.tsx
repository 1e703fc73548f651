import type { Schemas } from "@/api/client.ts";
import { dayWithWeekday, londonDay, monthName } from "@/kit/dates.ts";
import { workingDays } from "@/kit/due.ts";
import { count, counted } from "@/kit/numbers.ts";

type Deadlines = Schemas["Deadlines"];

/** The next flex and freeze, as one quiet line; the words turn amber in the last three working days. */
export function DeadlineLine({ deadlines }: { deadlines: Deadlines | undefined }) {
  return (
    <section className="cw-deadline" aria-label="Deadlines">
      {deadlines?.items.slice(0, 2).map((item) => (
        <span key={`${item.phase}${item.activity_month}`}>
          {monthName(item.activity_month)} <strong>{item.phase}</strong>{" "}
          <span
            className={item.working_days <= 3 ? "cw-deadline__soon" : undefined}
            title={workingDays(item.working_days, item.days)}
          >
            {item.working_days <= 0 ? "is today" : `in ${counted(item.working_days, "working day")}`}
          </span>
          {item.provisional ? " (provisional date)" : ""} · {count(item.uncoded)} of {count(item.episodes)} not coded
          {item.held > 0 ? `, ${count(item.held)} held` : ""}
        </span>
      ))}
      <span className="cw-deadline__today">{dayWithWeekday(deadlines?.today_on ?? londonDay(Date.now()))}</span>
    </section>
  );
}
