import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Dialog } from "./dialog.tsx";

// jsdom lays nothing out: the body is as high as its text is long, and shows ten of it.
vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(10);
vi.spyOn(Element.prototype, "scrollHeight", "get").mockImplementation(function (this: Element) {
  return this.textContent?.length ?? 0;
});

afterEach(() => vi.unstubAllGlobals());

const body = () => screen.getByRole("dialog").querySelector(".cw-dialog__body");

it("that is only to read is scrolled by keyboard when its content comes later", () => {
  const watched = new Set<Element>();
  let grown = () => {};
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(look: () => void) {
        grown = look;
      }
      observe = (element: Element) => watched.add(element);
      disconnect = () => watched.clear();
    },
  );
  const { rerender, unmount } = render(
    <Dialog title="Copy" onClose={() => undefined}>
      Wait
    </Dialog>,
  );
  expect(body()).not.toHaveAttribute("tabindex");
  rerender(
    <Dialog title="Copy" onClose={() => undefined}>
      All that was asked for
    </Dialog>,
  );
  // What grows is inside the box that scrolls.
  expect([...watched].some((element) => element !== body() && body()?.contains(element))).toBe(true);
  act(() => grown());
  expect(body()).toHaveAttribute("tabindex", "0");
  rerender(
    <Dialog title="Copy" onClose={() => undefined}>
      All that was asked for <button type="button">Take it</button>
    </Dialog>,
  );
  act(() => grown());
  expect(body()).not.toHaveAttribute("tabindex");
  unmount();
  expect(watched.size).toBe(0);
});
