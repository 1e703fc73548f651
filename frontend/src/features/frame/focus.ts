import { useRouterState } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef, useState } from "react";

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

const REACHED = "a[href], button:not(:disabled), input, select, textarea, summary, [tabindex='0']";

/** Whether the page must be reached itself: it is longer than the screen, and nothing in it takes the keyboard there. */
export function useMustBeReached(main: RefObject<HTMLElement | null>): boolean {
  const [must, setMust] = useState(false);
  useEffect(() => {
    const box = main.current;
    if (!box || typeof ResizeObserver === "undefined") return;
    const look = () => setMust(box.scrollHeight > box.clientHeight + 1 && box.querySelector(REACHED) === null);
    const sizes = new ResizeObserver(look);
    const watch = () => {
      sizes.disconnect();
      for (const each of [box, ...box.children]) sizes.observe(each);
    };
    // Pages come and go; what happens within one changes its size where it matters here.
    const pages = new MutationObserver(watch);
    pages.observe(box, { childList: true });
    watch();
    return () => {
      pages.disconnect();
      sizes.disconnect();
    };
  }, [main]);
  return must;
}
