import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ariaKeys, caps, useShortcut } from "./keyboard.ts";
import { ShortcutSheet } from "./shortcut-sheet.tsx";

function Page({ keys, onPress, enabled }: { keys: string; onPress: () => void; enabled?: boolean }) {
  useShortcut({ keys, label: "Do the thing", group: "This page", onPress, enabled });
  return <input aria-label="Notes" />;
}

describe("a shortcut", () => {
  it("fires also while the person types, and the browser does not get it", async () => {
    const pressed = vi.fn();
    render(<Page keys="Alt+N" onPress={pressed} />);
    await userEvent.type(screen.getByLabelText("Notes"), "abc{Alt>}n{/Alt}");
    expect(pressed).toHaveBeenCalledOnce();
    expect(screen.getByLabelText("Notes")).toHaveValue("abc");
  });

  it("is gone with its page", async () => {
    const pressed = vi.fn();
    const { unmount } = render(<Page keys="Alt+N" onPress={pressed} />);
    unmount();
    await userEvent.keyboard("{Alt>}n{/Alt}");
    expect(pressed).not.toHaveBeenCalled();
  });

  it("that is not enabled does nothing", async () => {
    const pressed = vi.fn();
    render(<Page keys="Ctrl+Enter" onPress={pressed} enabled={false} />);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(pressed).not.toHaveBeenCalled();
  });

  it.each(["Ctrl+T", "Ctrl+W", "Ctrl+F", "Alt+ArrowLeft", "F5", "N"])("may not be %s", (keys) => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(() => render(<Page keys={keys} onPress={() => undefined} />)).toThrow(/may not be a shortcut/);
    quiet.mockRestore();
  });

  it("is listed on the sheet, under its heading", () => {
    render(
      <>
        <Page keys="Alt+ArrowUp" onPress={() => undefined} />
        <ShortcutSheet onClose={() => undefined} />
      </>,
    );
    expect(screen.getByRole("heading", { name: "This page" })).toBeInTheDocument();
    expect(screen.getByText("Do the thing")).toBeInTheDocument();
    expect(screen.getByText("Alt ↑")).toBeInTheDocument();
  });

  it("is named for the eye and for the screen reader", () => {
    expect(caps("Ctrl+Enter")).toBe("Ctrl ↵");
    expect(ariaKeys("Ctrl+Enter")).toBe("Control+Enter");
  });
});
