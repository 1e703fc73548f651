import { Tag, type Tone } from "@/kit/bits.tsx";
import { day } from "@/kit/dates.ts";
import type { Edition } from "./data.ts";

const states: Record<string, { label: string; tone: Tone }> = {
  loading: { label: "loading", tone: "grey" },
  preview: { label: "preview, not in use", tone: "blue" },
  ready: { label: "ready", tone: "green" },
  superseded: { label: "superseded", tone: "grey" },
  discarded: { label: "discarded", tone: "grey" },
};

export const systemName = (system: string): string => (system === "icd10" ? "ICD-10" : "OPCS-4");

export function EditionState({ edition }: { edition: Edition }) {
  const shown = states[edition.state];
  return (
    <span className="cw-row">
      {edition.in_force ? (
        <Tag tone="green">in force today</Tag>
      ) : (
        <Tag tone={shown?.tone ?? "grey"}>{shown?.label}</Tag>
      )}
      {edition.starter ? <Tag tone="amber">starter set</Tag> : null}
    </span>
  );
}

export function valid(edition: Edition): string {
  return edition.valid_to_on
    ? `${day(edition.valid_from_on)} to ${day(edition.valid_to_on)}`
    : `from ${day(edition.valid_from_on)}`;
}
