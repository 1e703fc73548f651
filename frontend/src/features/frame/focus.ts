import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** On arrival at a page its title takes the focus, unless the page has already put it somewhere better. */
export function useFocusOnArrival(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const first = before.current === undefined;
    before.current = path;
    if (first || path === undefined) return;
    const main = document.getElementById("main");
    if (!main) return;
    main.scrollTop = 0;
    const frame = requestAnimationFrame(() => {
      if (main.contains(document.activeElement) && document.activeElement !== main) return;
      if (document.querySelector("dialog[open]")) return;
      (main.querySelector<HTMLElement>("[data-page-title]") ?? main).focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [path]);
}
