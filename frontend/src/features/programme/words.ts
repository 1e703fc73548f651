import type { Tone } from "@/kit/bits.tsx";
import { counted } from "@/kit/numbers.ts";
import type { Coverage, Plan, Recurring, Run } from "./data.ts";

export const planStates: Record<Plan["state"], { label: string; tone: Tone }> = {
  planned: { label: "planned", tone: "grey" },
  started: { label: "started", tone: "blue" },
  signed: { label: "signed", tone: "green" },
  dropped: { label: "dropped", tone: "grey" },
};

export const coverageWords: Record<Coverage["coverage"], { label: string; tone: Tone }> = {
  gap: { label: "gap", tone: "red" },
  planned: { label: "planned", tone: "blue" },
  audited: { label: "audited", tone: "green" },
  nothing_coded: { label: "nothing coded", tone: "grey" },
};

export const runStates: Record<Run["state"], { label: string; tone: Tone }> = {
  made: { label: "made", tone: "green" },
  missed: { label: "missed", tone: "red" },
  acknowledged: { label: "let be", tone: "grey" },
  made_by_hand: { label: "made by hand", tone: "green" },
};

const ends = ["th", "st", "nd", "rd"];

/** `5th`, `22nd`. */
export function nth(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${(teen ? undefined : ends[n % 10]) ?? "th"}`;
}

/** `monthly, on the 5th`; the 29th and later fall on a shorter month's last day. */
export function scheduleWords(draw: Pick<Recurring, "every" | "on_day">): string {
  const when = draw.on_day === 31 ? "the last day" : `the ${nth(draw.on_day)}`;
  return `${draw.every === "monthly" ? "monthly" : "quarterly"}, on ${when}`;
}

/** `10 of each coder`, `50 in all`. */
export function wantedWords(template: Pick<Recurring["template"], "episodes" | "per">): string {
  return template.per === "coder" ? `${template.episodes} of each coder` : `${template.episodes} in all`;
}

/** Plans that a draw may count towards: none that was dropped, unless it counts towards it already. */
export function linkable(plans: readonly Plan[], now: string | null): { value: string; label: string }[] {
  return plans
    .filter((plan) => plan.kind !== "external" && (plan.state !== "dropped" || plan.planned_audit_id === now))
    .map((plan) => ({
      value: plan.planned_audit_id,
      label: `${plan.title} (${plan.kind_label.toLowerCase()}, ${counted(plan.episodes, "episode")})`,
    }));
}
