// The filters of the queue list are its address; here they are words, options and what the server is asked.

export interface QueueSearch {
  readonly queue?: string | undefined;
  readonly specialty?: string | undefined;
  readonly month?: string | undefined;
  readonly min_age?: string | undefined;
  readonly max_age?: string | undefined;
  readonly assignee?: string | undefined;
  readonly held?: string | undefined;
  readonly sort?: string | undefined;
}

export const QUEUES = [
  { value: "to_code", label: "To code" },
  { value: "waiting_for_information", label: "Waiting for information" },
  { value: "outstanding_pathology", label: "Outstanding pathology" },
  { value: "update_received", label: "Update received" },
  { value: "second_check", label: "Second check" },
] as const;

export const AGES = [
  { value: "3", label: "3 days or more" },
  { value: "6", label: "6 days or more" },
  { value: "11", label: "11 days or more" },
  { value: "21", label: "21 days or more" },
] as const;

export const ASSIGNED = [
  { value: "me", label: "To me" },
  { value: "nobody", label: "To nobody" },
] as const;

export const HELD = [
  { value: "true", label: "Held" },
  { value: "false", label: "Not held" },
] as const;

export const SORTS = [
  { value: "due", label: "Most urgent first" },
  { value: "youngest", label: "Youngest first" },
  { value: "queued", label: "Longest in the queue" },
  { value: "specialty", label: "Specialty" },
] as const;

export interface Asked {
  queue?: (typeof QUEUES)[number]["value"];
  specialty?: string;
  month?: string;
  min_age?: number;
  max_age?: number;
  assignee?: string;
  held?: boolean;
  sort?: (typeof SORTS)[number]["value"];
}

/** What the server is asked; an address that someone mended by hand asks for nothing that it does not know. */
export function toQuery(search: QueueSearch): Asked {
  const known = <V extends string>(options: readonly { value: V }[], value: string | undefined) =>
    options.find((option) => option.value === value)?.value;
  const queue = known(QUEUES, search.queue);
  const sort = known(SORTS, search.sort);
  const held = known(HELD, search.held);
  const age = daysOf(search.min_age);
  const most = daysOf(search.max_age);
  const assignee = search.assignee && /^(me|nobody|[0-9a-f-]{36})$/.test(search.assignee) ? search.assignee : undefined;
  const month = search.month && /^\d{4}-(0[1-9]|1[0-2])$/.test(search.month) ? search.month : undefined;
  return {
    ...(queue ? { queue } : {}),
    ...(search.specialty ? { specialty: search.specialty } : {}),
    ...(month ? { month } : {}),
    ...(age === null ? {} : { min_age: age }),
    ...(most === null ? {} : { max_age: most }),
    ...(assignee ? { assignee } : {}),
    ...(held ? { held: held === "true" } : {}),
    ...(sort ? { sort } : {}),
  };
}

/** The address without what nobody knows: a filter that is not asked for is not shown as one either. */
export function knownSearch(search: QueueSearch): QueueSearch {
  const asked = toQuery(search);
  return Object.fromEntries(Object.entries(search).filter(([key]) => key in asked));
}

function daysOf(value: string | undefined): number | null {
  return value && /^\d{1,4}$/.test(value) && Number(value) <= 4000 ? Number(value) : null;
}

/** `6 days or more`, `3 to 5 days`, `up to 2 days`. */
export function ageWords(from: string | undefined, to: string | undefined): string {
  if (!to) return `${from} days or more`;
  return from && from !== "0" ? `${from} to ${to} days` : `up to ${to} days`;
}

/** The month of a day and the twelve before it, newest first, as `2026-11`. */
export function recentMonths(today: string, many = 13): string[] {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7));
  return Array.from({ length: many }, (_, back) => {
    const index = year * 12 + (month - 1) - back;
    return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
  });
}
