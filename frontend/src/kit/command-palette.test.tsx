import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { CommandPalette, type PaletteSource } from "./command-palette.tsx";

const go = vi.fn();
const known = [
  {
    heading: "Go to",
    items: [
      { key: "home", label: "Home", words: "Home", onPick: () => go("home") },
      { key: "queues", label: "Queues", words: "Queues work list", onPick: () => go("queues") },
    ],
  },
];

it("goes to a page by a few letters and Enter, and closes", async () => {
  const close = vi.fn();
  render(<CommandPalette placeholder="A page or a code" known={known} sources={[]} onClose={close} />);
  await userEvent.type(screen.getByRole("combobox"), "work{Enter}");
  expect(close).toHaveBeenCalledOnce();
  expect(go).toHaveBeenLastCalledWith("queues");
});

it("moves with the arrows and tells the field which one is chosen", async () => {
  render(<CommandPalette placeholder="A page or a code" known={known} sources={[]} onClose={() => undefined} />);
  const field = screen.getByRole("combobox");
  await userEvent.type(field, "{ArrowDown}");
  expect(screen.getByRole("option", { name: "Queues" })).toHaveAttribute("aria-selected", "true");
  expect(field).toHaveAttribute("aria-activedescendant", screen.getByRole("option", { name: "Queues" }).id);
});

it("shows what the server finds below what is known, and stands when one source fails", async () => {
  const sources: PaletteSource[] = [
    { heading: "ICD-10 codes", search: async () => [{ key: "I214", label: "I21.4", onPick: () => go("I214") }] },
    { heading: "Episode", search: () => Promise.reject(new Error("no")) },
  ];
  render(<CommandPalette placeholder="A page or a code" known={known} sources={sources} onClose={() => undefined} />);
  await userEvent.type(screen.getByRole("combobox"), "work");
  expect(await screen.findByRole("option", { name: "I21.4" })).toBeInTheDocument();
  // What was marked stays marked, and where it was, while more comes.
  expect(screen.getByRole("option", { name: "Queues" })).toHaveAttribute("aria-selected", "true");
  expect(screen.getAllByRole("option")[0]).toHaveTextContent("Queues");
});

it("says in words what was looked for and not found, or could not be asked", async () => {
  const sources: PaletteSource[] = [
    { heading: "Episode", search: async () => [], nothing: (words) => (/\d/.test(words) ? "No such episode." : null) },
    { heading: "ICD-10 codes", search: () => Promise.reject(new Error("no")) },
  ];
  render(<CommandPalette placeholder="A page or a code" known={known} sources={sources} onClose={() => undefined} />);
  await userEvent.type(screen.getByRole("combobox"), "0092817");
  const status = await screen.findByText("No such episode.");
  expect(status.closest("[role=status]")).toHaveTextContent(
    "No such episode. ICD-10 codes: the search does not answer just now.",
  );
  await userEvent.clear(screen.getByRole("combobox"));
  await userEvent.type(screen.getByRole("combobox"), "work");
  expect(await screen.findByText(/1 found/)).not.toHaveTextContent("No such episode.");
});
