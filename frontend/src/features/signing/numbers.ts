/** `3, 7-9` as the numbers 3, 7, 8 and 9; null when it is not written so. */
export function numbersOf(typed: string): number[] | null {
  const found = new Set<number>();
  for (const piece of typed.split(/[,;\s]+/).filter(Boolean)) {
    const range = /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(piece);
    if (!range) return null;
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    if (to < from || to - from > 1000) return null;
    for (let no = from; no <= to; no += 1) found.add(no);
  }
  return [...found].sort((a, b) => a - b);
}
