import { Tag, type Tone } from "@/kit/bits.tsx";

const states: Record<string, { label: string; tone: Tone }> = {
  uncoded: { label: "to code", tone: "grey" },
  second_check: { label: "second check", tone: "blue" },
  coded: { label: "coded", tone: "green" },
  changed_after_coding: { label: "changed since coding", tone: "amber" },
};

export function EpisodeState({ state }: { state: string }) {
  const shown = states[state];
  return <Tag tone={shown?.tone ?? "grey"}>{shown?.label ?? state}</Tag>;
}
