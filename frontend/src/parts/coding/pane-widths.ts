// How wide a person likes the parts of the page, kept in this browser. It says nothing of anyone: two numbers of pixels,
// and the only thing that Codewell keeps in a browser's storage (docs/adr/0013-widths-in-the-browser.md).

export type Side = "left" | "right";
export type Widths = Partial<Record<Side, number>>;

export const LIMITS: Record<Side, { min: number; max: number }> = {
  left: { min: 240, max: 640 },
  right: { min: 200, max: 460 },
};

const KEY = "codewell.panes";

/** The widths kept, or none: whatever else stands there, or a browser that keeps nothing, is no reason to fail. */
export function keptWidths(): Widths {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    const widths: Widths = {};
    for (const side of ["left", "right"] as const) {
      const width = (kept as Record<string, unknown>)[side];
      const { min, max } = LIMITS[side];
      if (typeof width === "number" && width >= min && width <= max) widths[side] = width;
    }
    return widths;
  } catch {
    return {};
  }
}

export function keepWidths(widths: Widths): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(widths));
  } catch {
    // A browser that keeps nothing shows the usual widths next time.
  }
}
