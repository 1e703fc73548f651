// Where chosen episodes may be moved: what the server says of each of them, put together.
import type { Queue, WorkItem } from "./data.ts";
import { QUEUES } from "./search.ts";

export const HOLDS: readonly Queue[] = ["waiting_for_information", "outstanding_pathology"];

/** The queues that at least one of the episodes may go to; where not all may, how many. */
export function moveChoices(
  items: readonly Pick<WorkItem, "moves">[],
  hold: boolean,
): { value: Queue; name: string; label: string }[] {
  return QUEUES.flatMap(({ value, label: name }) => {
    const may = items.filter((item) => item.moves.includes(value)).length;
    if (may === 0 || (hold && !HOLDS.includes(value))) return [];
    return [{ value, name, label: may < items.length ? `${name} (${may} of ${items.length} may go there)` : name }];
  });
}
