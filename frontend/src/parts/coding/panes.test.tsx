import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { Panes } from "./panes.tsx";

const setItem = vi.fn();

beforeEach(() => {
  setItem.mockReset();
  vi.stubGlobal("localStorage", { getItem: () => null, setItem });
  return () => vi.unstubAllGlobals();
});

function divider() {
  render(<Panes left="documents" middle="codes" right="checks" />);
  return screen.getByRole("separator", { name: "Width of the documents" });
}

it("keep their widths when the divider is let go, not while it moves", () => {
  const bar = divider();
  bar.hasPointerCapture = () => true;
  for (const clientX of [300, 400, 500]) fireEvent.pointerMove(bar, { clientX });
  expect(bar).toHaveAttribute("aria-valuenow", "500");
  expect(setItem).not.toHaveBeenCalled();
  fireEvent.lostPointerCapture(bar);
  expect(setItem.mock.calls).toEqual([["codewell.panes", '{"left":500}']]);
});

it("keep the width once a key is let go, and not for another key", async () => {
  const bar = divider();
  const user = userEvent.setup();
  bar.focus();
  await user.keyboard("{End>5}");
  expect(setItem).not.toHaveBeenCalled();
  await user.keyboard("{/End}");
  expect(setItem.mock.calls).toEqual([["codewell.panes", '{"left":640}']]);
  await user.keyboard("x{Tab}");
  expect(setItem).toHaveBeenCalledTimes(1);
});
