// Three panes with two dividers between them, moved by pointer or by arrow keys. On a narrow screen they stand in a row
// below each other and the dividers are gone.
import type { CSSProperties, ReactNode } from "react";
import { useRef, useState } from "react";
import { useListedKeys } from "@/kit/keyboard.ts";
import { keepWidths, keptWidths, LIMITS, type Side, type Widths } from "./pane-widths.ts";

const STEP = 24;
const MOVES = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);
const KEYS = [
  ["ArrowLeft | ArrowRight", "Narrower or wider"],
  ["Home | End", "As narrow, or as wide, as it goes"],
] as const;

export function Panes({ left, middle, right }: { left: ReactNode; middle: ReactNode; right: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [widths, setWidths] = useState<Widths>(keptWidths);
  useListedKeys("Divider between the parts of the page", KEYS);
  const set = (side: Side, width: number) => {
    const { min, max } = LIMITS[side];
    const next = { ...widths, [side]: Math.round(Math.min(max, Math.max(min, width))) };
    setWidths(next);
  };
  // Kept once the divider is let go, not at every step on the way.
  const keep = () => keepWidths(widths);
  const measured = (side: Side) =>
    widths[side] ??
    frame.current?.querySelector(`[data-pane="${side}"]`)?.getBoundingClientRect().width ??
    LIMITS[side].min;
  const style = {
    "--left": widths.left === undefined ? undefined : `${widths.left}px`,
    "--right": widths.right === undefined ? undefined : `${widths.right}px`,
  } as CSSProperties;
  const divider = (side: Side, label: string) => (
    // biome-ignore lint/a11y/useSemanticElements: a divider that can be moved is a focusable separator, not a rule.
    <div
      className="wb-divider"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={LIMITS[side].min}
      aria-valuemax={LIMITS[side].max}
      aria-valuenow={widths[side] ?? (side === "left" ? 371 : 270)}
      onKeyDown={(event) => {
        const outward = side === "left" ? "ArrowRight" : "ArrowLeft";
        const inward = side === "left" ? "ArrowLeft" : "ArrowRight";
        if (event.altKey || event.ctrlKey) return;
        if (event.key === outward) set(side, measured(side) + STEP);
        else if (event.key === inward) set(side, measured(side) - STEP);
        else if (event.key === "Home") set(side, LIMITS[side].min);
        else if (event.key === "End") set(side, LIMITS[side].max);
        else return;
        event.preventDefault();
      }}
      onKeyUp={(event) => {
        if (MOVES.has(event.key)) keep();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId) || !frame.current) return;
        const box = frame.current.getBoundingClientRect();
        set(side, side === "left" ? event.clientX - box.left : box.right - event.clientX);
      }}
      onLostPointerCapture={keep}
    />
  );
  return (
    <div className="wb-panes" ref={frame} style={style}>
      <section className="wb-pane" data-pane="left" aria-label="Documents">
        {left}
      </section>
      {divider("left", "Width of the documents")}
      <section className="wb-pane wb-pane--codes" data-pane="middle" aria-label="Codes">
        {middle}
      </section>
      {divider("right", "Width of the checks")}
      <section className="wb-pane wb-pane--checks" data-pane="right" aria-label="Checks">
        {right}
      </section>
    </div>
  );
}
