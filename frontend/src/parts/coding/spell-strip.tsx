import { Link } from "@tanstack/react-router";
import { Tag, type Tone } from "@/kit/bits.tsx";
import { classes } from "@/kit/classes.ts";
import { dayShort } from "@/kit/dates.ts";
import { dueTag } from "@/kit/due.ts";
import type { Workbench } from "./wire.ts";

const STATES: Record<string, { words: string; tone: Tone }> = {
  uncoded: { words: "to code", tone: "grey" },
  second_check: { words: "second check", tone: "amber" },
  coded: { words: "coded", tone: "green" },
  changed_after_coding: { words: "changed after coding", tone: "amber" },
};

/** `to code`, `waiting until 27 Nov`: a held episode is not to be coded now. */
export function stateOf(fce: Workbench["spell"][number]): { words: string; tone: Tone } {
  if (fce.queue === "waiting_for_information" || fce.queue === "outstanding_pathology") {
    const what = fce.queue === "outstanding_pathology" ? "waiting for pathology" : "waiting for information";
    return { words: fce.held_until ? `${what} until ${dayShort(fce.held_until)}` : what, tone: "amber" };
  }
  return STATES[fce.coding_state] ?? { words: fce.coding_state, tone: "grey" };
}

/** The spell as its episodes in order, and why this one is here. */
export function SpellStrip({ wb, coding }: { wb: Workbench; coding: boolean }) {
  return (
    <div className="wb-spell">
      <ol className="wb-fces" aria-label={`Episodes of spell ${wb.episode.spell_number}`}>
        {wb.spell.map((fce) => {
          const state = stateOf(fce);
          const name = `FCE ${fce.episode_number} · ${fce.specialty?.name ?? fce.specialty?.code ?? "specialty not known"}`;
          return (
            <li
              key={fce.episode_id}
              className={classes("wb-fce", fce.is_this && "wb-fce--this")}
              aria-current={fce.is_this ? "true" : undefined}
            >
              {fce.is_this ? (
                <span className="wb-fce__name">{name}</span>
              ) : (
                <Link className="wb-fce__name" to="/episodes/$episodeId" params={{ episodeId: fce.episode_id }}>
                  {name}
                </Link>
              )}
              <span className="wb-fce__state">
                {fce.primary ? <span className="cw-mono">{fce.primary}</span> : null}
                {fce.is_this && coding ? (
                  <Tag tone="blue">you are coding</Tag>
                ) : (
                  <Tag tone={state.tone}>{state.words}</Tag>
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {wb.work_item ? (
        <p className="wb-why">
          <b>{wb.work_item.queue_label}:</b> {wb.work_item.why.text}
          <span className="wb-why__due">{dueTag(wb.work_item).tip}</span>
        </p>
      ) : null}
    </div>
  );
}
