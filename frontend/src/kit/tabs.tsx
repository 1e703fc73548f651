import type { ReactNode } from "react";
import { useId, useRef } from "react";

export type Tab = { key: string; label: ReactNode; panel: ReactNode };

/** Arrow keys move between tabs, as the ARIA pattern has it; which one is open belongs to the page, best to its address. */
export function Tabs({
  label,
  tabs,
  open,
  onOpen,
}: {
  label: string;
  tabs: readonly Tab[];
  open: string;
  onOpen: (key: string) => void;
}) {
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.key === open),
  );
  const move = (to: number) => {
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    onOpen(tab.key);
    row.current?.querySelector<HTMLElement>(`[data-tab="${tab.key}"]`)?.focus();
  };
  return (
    <div className="cw-tabs">
      <div
        className="cw-tabs__row"
        role="tablist"
        aria-label={label}
        ref={row}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(at + 1);
          else if (event.key === "ArrowLeft") move(at - 1);
          else if (event.key === "Home") move(0);
          else if (event.key === "End") move(tabs.length - 1);
          else return;
          event.preventDefault();
        }}
      >
        {tabs.map((tab, index) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-${tab.key}`}
            data-tab={tab.key}
            aria-selected={index === at}
            aria-controls={`${id}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => onOpen(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tabs[at]?.key}`}>
        {tabs[at]?.panel}
      </div>
    </div>
  );
}
