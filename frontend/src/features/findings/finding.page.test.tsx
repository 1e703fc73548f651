import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import * as data from "./data.ts";
import { FindingsOf } from "./finding.page.tsx";

vi.mock("@tanstack/react-router", () => ({
  getRouteApi: () => ({}),
  Link: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));

const finding = (no: number, reply: data.Finding["reply"] = "waiting") =>
  ({
    no,
    reply,
    error_words: `Error ${no}`,
    code_class: "secondary_diagnosis",
    attribution: "coder",
    standards: [],
    said: [],
    turn: reply === "waiting" ? "coder" : "nobody",
    can: {
      agree: reply === "waiting" || "It is agreed",
      dispute: reply === "waiting" || "It is agreed",
      escalate: "No",
    },
  }) as unknown as data.Finding;

const episode = (...findings: data.Finding[]) =>
  ({
    item_id: "i",
    version: 1,
    audit: { audit_id: "a", reference: "AUD-1", title: "Chest" },
    ended_on: "2026-09-01",
    state: "in_discussion",
    diagnoses: [],
    procedures: [],
    sensitive_words: [],
    findings,
  }) as unknown as data.FindingItem;

function asked() {
  const client = new QueryClient();
  const first = episode(finding(1), finding(2), finding(3));
  client.setQueryData(["see_finding", "i"], first);
  client.setQueryData(["read_me"], { person_id: "me", permissions: ["feedback:see"] });
  return client;
}

function show(item: data.FindingItem) {
  const client = asked();
  const page = (now: data.FindingItem) => (
    <QueryClientProvider client={client}>
      <FindingsOf item={now} />
    </QueryClientProvider>
  );
  const { rerender } = render(page(item));
  return (now: data.FindingItem) => rerender(page(now));
}

const card = (no: number) => screen.getByRole("listitem", { name: `${no}. Error ${no}` });
const press = (name: RegExp | string, within_: HTMLElement) =>
  userEvent.click(within(within_).getByRole("button", { name }));

beforeEach(() => vi.restoreAllMocks());

it("keeps a dispute that is being written while another finding is agreed with", async () => {
  const after = episode(finding(1), finding(2, "agreed"), finding(3));
  const sent = vi.spyOn(data, "reply").mockResolvedValue(after);
  const again = show(episode(finding(1), finding(2), finding(3)));
  await press("Dispute", card(1));
  await userEvent.type(within(card(1)).getByRole("textbox"), "Named as history only");
  await press("Agree", card(2));
  await waitFor(() => expect(sent).toHaveBeenCalledOnce());
  again(after);
  await press("Dispute", card(3));
  expect(within(card(1)).getByRole("textbox")).toHaveValue("Named as history only");
  expect(within(card(3)).getByRole("textbox")).toHaveValue("");
  // With two boxes open neither button is the one of the page.
  expect(within(card(1)).getByRole("button", { name: "Dispute" })).toHaveClass("cw-button--quiet");
  await press("Cancel", card(3));
  expect(within(card(1)).getByRole("textbox")).toHaveValue("Named as history only");
  await press("Dispute", card(1));
  await waitFor(() => expect(within(card(1)).queryByRole("textbox")).toBeNull());
  expect(sent).toHaveBeenLastCalledWith(expect.anything(), [
    { no: 1, act: "dispute", comment: "Named as history only" },
  ]);
});

it("leads the coder to their own feedback sheet, and speaks of them as you", () => {
  show({ ...episode(finding(1)), sent_at: "2026-11-02T09:00:00Z" });
  expect(screen.getByRole("link", { name: /^My feedback sheet \(PDF\)/ })).toHaveAttribute(
    "href",
    "/api/v1/audits/a/feedback/me.pdf",
  );
  expect(card(1)).toHaveTextContent("waits for you");
});

it("does not agree by a single key with what is being disputed", async () => {
  const sent = vi.spyOn(data, "reply");
  show(episode(finding(1), finding(2)));
  await press("Dispute", card(1));
  card(1).focus();
  await userEvent.keyboard("a");
  expect(sent).not.toHaveBeenCalled();
});

it("asks once before it agrees with all, and leaves out what is being disputed", async () => {
  const sent = vi
    .spyOn(data, "reply")
    .mockResolvedValue(episode(finding(1), finding(2, "agreed"), finding(3, "agreed")));
  show(episode(finding(1), finding(2), finding(3)));
  await press("Dispute", card(1));
  await userEvent.click(screen.getByRole("button", { name: "Agree with all 2 that are open" }));
  expect(sent).not.toHaveBeenCalled();
  expect(screen.getByRole("dialog")).toHaveTextContent("kept for good");
  await press("Cancel", screen.getByRole("dialog"));
  expect(sent).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Agree with all 2 that are open" }));
  await press("Agree with all", screen.getByRole("dialog"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toHaveBeenCalledExactlyOnceWith(expect.anything(), [
    { no: 2, act: "agree", comment: "" },
    { no: 3, act: "agree", comment: "" },
  ]);
});
