import { describe, expect, test } from "vitest";
import type { Citation, Position } from "./data.ts";
import { act, asDecision, foreseen, nextOpen, offered } from "./decide.ts";
import { findingWords, lackWords, leftWords, nameOf, standing } from "./words.ts";

const WORDS = { omitted: "Omitted", wrong_char_3: "Wrong category (third character)", other: "Other" };

function position(changes: Partial<Position> = {}): Position {
  return {
    no: 3,
    side: "diagnoses",
    code_class: "secondary_diagnosis",
    sub_class: "none",
    mark: "added",
    coder: null,
    auditor: { at: 2, code: "I10", dotted: "I10", title: "Essential (primary) hypertension", on: null },
    proposed_type: "omitted",
    final_type: null,
    decision: "open",
    counted_elsewhere: false,
    counts: false,
    types: ["omitted", "sequence", "other"],
    attribution: "undetermined",
    non_coder_reason: null,
    evidence_available: null,
    evidence_kind: null,
    evidence_on: null,
    evidence_page: null,
    evidence: "",
    standards: [],
    comment: "",
    missing: ["decision"],
    wording: [],
    reply: "none",
    ...changes,
  };
}

describe("what a key makes of a line", () => {
  test("accepting takes what is proposed, and whose error it is accepts it too", () => {
    expect(act(position(), { type: "accept" })).toMatchObject({ no: 3, decision: "accepted", error_type: null });
    expect(act(position(), { type: "whose", to: "coder" })).toMatchObject({
      decision: "accepted",
      attribution: "coder",
    });
  });

  test("another type is a change, the proposed one is an acceptance, one that does not fit is nothing", () => {
    expect(act(position(), { type: "change", to: "other" })).toMatchObject({
      decision: "changed",
      error_type: "other",
    });
    expect(act(position(), { type: "change", to: "omitted" })).toMatchObject({ decision: "accepted" });
    expect(act(position(), { type: "change", to: "date" })).toBeNull();
  });

  test("citing adds once, and removing takes it away", () => {
    const cited = act(position(), { type: "cite", ref: " DGCS.1 " });
    expect(cited).toMatchObject({ decision: "accepted", standards: ["DGCS.1"] });
    expect(act(position({ standards: ["DGCS.1"] }), { type: "cite", ref: "DGCS.1" })).toBeNull();
    expect(act(position({ standards: ["DGCS.1"] }), { type: "uncite", ref: "DGCS.1" })?.standards).toEqual([]);
  });

  test("a reason makes it not the coder's; the other's reason does not stay", () => {
    expect(act(position(), { type: "reason", to: "illegible" })).toMatchObject({
      attribution: "non_coder",
      non_coder_reason: "illegible",
    });
    const theirs = position({ decision: "accepted", attribution: "non_coder", non_coder_reason: "illegible" });
    expect(act(theirs, { type: "whose", to: "coder" })).toMatchObject({ attribution: "coder", non_coder_reason: null });
  });

  test("nothing is rejected or blamed where the lists agree", () => {
    const agreed = position({ decision: "agreed", proposed_type: null, mark: "agreed", missing: [] });
    expect(act(agreed, { type: "reject" })).toBeNull();
    expect(act(agreed, { type: "accept" })).toBeNull();
    expect(act(agreed, { type: "whose", to: "coder" })).toBeNull();
    const own = position({ decision: "changed", proposed_type: null, missing: [] });
    expect(act(own, { type: "reject" })).toBeNull();
    expect(act(own, { type: "back" })).toMatchObject({ decision: "open" });
    expect(act(position({ counted_elsewhere: true }), { type: "reject" })).toBeNull();
  });

  test("what is foreseen is what is sent", () => {
    const decision = act(position(), { type: "whose", to: "coder" });
    expect(decision).not.toBeNull();
    if (decision) {
      const shown = foreseen(position(), decision);
      expect(shown).toMatchObject({ decision: "accepted", final_type: "omitted", attribution: "coder" });
      expect(asDecision(shown)).toEqual(decision);
    }
  });
});

test("the next line is the next that lacks something, round the end, and none when all is said", () => {
  const done = position({ missing: [] });
  expect(nextOpen([done, position(), done], 0)).toBe(1);
  expect(nextOpen([position(), done, done], 1)).toBe(0);
  expect(nextOpen([done, done], 1)).toBe(1);
});

test("standards are found by any word, those used last come first, query resolutions never", () => {
  const citations: Citation[] = [
    { ref: "DGCS.1", title: "Primary diagnosis", kind: "standard" },
    { ref: "DGCS.3", title: "Comorbidities", kind: "standard" },
    { ref: "QRD", title: "National query resolution", kind: "query_resolution" },
  ];
  expect(offered(citations, "", ["DGCS.3"]).map(({ ref }) => ref)).toEqual(["DGCS.3", "DGCS.1"]);
  expect(offered(citations, "comorb", []).map(({ ref }) => ref)).toEqual(["DGCS.3"]);
  expect(offered(citations, "query", [])).toEqual([]);
});

test("a line says what it is", () => {
  expect(nameOf(position())).toBe("Line 3: I10 added");
  expect(standing(position(), WORDS)).toBe("Secondary diagnosis, omitted");
  expect(standing(position({ decision: "rejected" }), WORDS)).toBe("No error");
  expect(standing(position({ decision: "changed", final_type: "other" }), WORDS)).toBe("Secondary diagnosis, other");
  const site = position({ code_class: "secondary_procedure", sub_class: "site_laterality" });
  expect(findingWords(site, "omitted", WORDS)).toBe("Secondary procedure, omitted (site)");
  expect(lackWords(["standards"])).toBe("which standard?");
  expect(leftWords([position(), position({ decision: "accepted", missing: [] })])).toBe(
    "1 of 2 lines still to decide or complete.",
  );
});
