// Days as a spreadsheet has them.

const EXCEL_EPOCH = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/** A spreadsheet's day number (46338), only believed where a date column is expected. */
export function readExcelDay(typed: string): string | null {
  if (!/^\d{5}$/.test(typed.trim())) return null;
  const serial = Number(typed);
  return serial < 36_526 || serial > 73_050 ? null : new Date(EXCEL_EPOCH + serial * DAY_MS).toISOString().slice(0, 10);
}
