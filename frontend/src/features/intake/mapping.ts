// A mapping as text, one column a line: `their column = our field`.

export function writeMapping(columns: Record<string, string>): string {
  return Object.entries(columns)
    .map(([theirs, ours]) => `${theirs} = ${ours}`)
    .join("\n");
}

/** `wrong` is the first line that is none, from 1. A column name may hold an equals sign; a field of ours never does. */
export function readMapping(text: string): { columns: Record<string, string>; wrong: number | null } {
  const columns: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const at = line.lastIndexOf("=");
    const theirs = line.slice(0, at).trim();
    const ours = line.slice(at + 1).trim();
    if (at < 1 || !theirs || !ours) return { columns, wrong: index + 1 };
    columns[theirs] = ours;
  }
  return { columns, wrong: null };
}
