import { expect, test } from "vitest";
import type { Finding, FindingRow } from "./data.ts";
import { dueOf, nextOf, replyWords, sheetAudits, standsOf } from "./words.ts";

const made = (no: number, reply: Finding["reply"]) => ({ no, reply }) as Finding;
const waits = (finding: Finding) => finding.reply === "waiting";

test("after a reply the next finding that waits has the focus, round the list", () => {
  const findings = [made(1, "waiting"), made(2, "agreed"), made(4, "waiting")];
  expect(nextOf(findings, 1, waits)).toBe(4);
  expect(nextOf(findings, 4, waits)).toBe(1);
});

test("when none waits any more there is no next", () => {
  expect(nextOf([made(1, "agreed"), made(2, "disputed")], 1, waits)).toBeNull();
});

test("the coder is told the earliest day of what waits for them, the others that of what waits for them", () => {
  const findings = [
    { turn: "auditor", due_on: "2026-03-02", overdue: true },
    { turn: "coder", due_on: "2026-03-10", overdue: false },
    { turn: "coder", due_on: "2026-03-06", overdue: false },
    { turn: "nobody", due_on: null, overdue: false },
  ] as const;
  expect(dueOf(findings, true)).toEqual({ due_on: "2026-03-06", overdue: false });
  expect(dueOf(findings, false)).toEqual({ due_on: "2026-03-02", overdue: true });
  expect(dueOf(findings.slice(0, 1), true)).toBeNull();
});

test("counts of how findings stand add up to the findings", () => {
  const row = { findings: 2, disputed: 1, escalated: 0, settled: 1 };
  expect(standsOf(row)).toBe("1 disputed, 1 settled");
  expect(standsOf({ ...row, findings: 4 })).toBe("2 not replied to, 1 disputed, 1 settled");
});

test("the coder is not spoken of as somebody else on their own page", () => {
  expect(replyWords("waiting", true)).toEqual({ label: "waits for you", tone: "amber" });
  expect(replyWords("waiting", false).label).toBe("waits for the coder");
  expect(replyWords("agreed", true).label).toBe("agreed");
});

test("there is one feedback sheet an audit, once it has sent something", () => {
  const audit = (audit_id: string) => ({ audit_id, reference: audit_id, title: "Chest" }) as FindingRow["audit"];
  const sent_at = "2026-11-02T09:00:00Z";
  expect(
    sheetAudits([
      { audit: audit("1"), sent_at },
      { audit: audit("1"), sent_at },
      { audit: audit("2"), sent_at: null },
      { audit: audit("3"), sent_at },
    ]).map(({ audit_id }) => audit_id),
  ).toEqual(["1", "3"]);
});
