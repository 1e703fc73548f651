import type { Tone } from "@/kit/bits.tsx";
import type { Stage } from "./data.ts";

export const stages: Record<Stage, { label: string; tone: Tone }> = {
  proposed: { label: "to answer", tone: "amber" },
  accepted: { label: "accepted", tone: "green" },
  challenged: { label: "challenged", tone: "red" },
  upheld: { label: "upheld", tone: "blue" },
  amended: { label: "amended", tone: "blue" },
  withdrawn: { label: "withdrawn", tone: "green" },
};

/** What a file must weigh at most to be sent as text. */
export const LARGEST = 4_000_000;
