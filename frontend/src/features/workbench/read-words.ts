// Why a page is only to read, in a sentence.
import { instant, time } from "@/kit/dates.ts";
import { dotted } from "@/parts/coding/codes.ts";
import type { Workbench } from "@/parts/coding/wire.ts";

/** A reason when the server says no, null when it says yes. */
export function refusal(can: boolean | string): string | null {
  return can === true ? null : can === false ? "Not possible now" : can;
}

export function readWords(wb: Workbench, mine: boolean): string {
  const { work_item: item, coding } = wb;
  if (mine) return refusal(wb.can.submit) ?? "";
  if (item?.lease_owner && item.lease_until)
    return `${item.lease_owner.name} is coding this until ${time(item.lease_until)}. You can read it.`;
  if (!item)
    return coding
      ? `Coded by ${coding.person_name ?? coding.coder_ref ?? coding.source}, ${instant(coding.at)}, primary ${dotted(coding.diagnoses[0]?.code ?? "") || "none"}.`
      : "Nothing waits here.";
  return "You are reading. Take the episode to code it.";
}
