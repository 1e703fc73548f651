// An audit of one coder's twenty episodes, from the programme to its signature, its report and an action that is closed.
// Three episodes are audited by hand and keyboard in the page; the others through the same operations, as an auditor's own tool would.
import type { APIResponse } from "@playwright/test";
import { expect, looked, type Page, signIn, signInOf, test } from "./journey.ts";

// biome-ignore lint/suspicious/noExplicitAny: a part of an answer, read where it is used.
type Json = any;
// biome-ignore lint/suspicious/noExplicitAny: answers of many operations, read where they are used.
type Answer = { status: number; body: any };

/** Asks the API as whoever is signed in on the page. */
async function call(page: Page, method: string, path: string, body?: unknown, version?: number): Promise<Answer> {
  return page.evaluate(
    async ({ method, path, body, version }) => {
      const me = await (await fetch("/api/v1/me")).json();
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: {
          "Content-Type": "application/json",
          "X-Codewell-CSRF": me.csrf_token,
          ...(version === undefined ? {} : { "If-Match": `"${version}"` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    { method, path, body, version },
  );
}

async function ok(page: Page, method: string, path: string, body?: unknown, version?: number) {
  const answer = await call(page, method, path, body, version);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)?.slice(0, 400)}`).toBeLessThan(300);
  return answer.body;
}

type Codes = { diagnoses: string[]; procedures: { code: string; on: string | null }[] };

/** Codes that others ask for: without an outcome of delivery or an external cause a check says error. */
const asked = /^(Z37|Z38|[U-Y])/;

/** What an auditor would find in the record: the coder's codes but for the last that may go, and one the coder left out. */
const auditorsOf = (coded: Codes): Codes => {
  const goes = coded.diagnoses.findLastIndex((code, place) => place > 0 && !asked.test(code));
  return {
    diagnoses: [
      ...coded.diagnoses.filter((_, place) => place !== goes),
      ...(coded.diagnoses.includes("Z922") ? [] : ["Z922"]),
    ],
    procedures: coded.procedures,
  };
};

const wire = (codes: Codes) => ({
  diagnoses: codes.diagnoses.map((code) => ({ code })),
  procedures: codes.procedures,
});

/** An error of the coder's is told with its standard; a code not required likewise. */
const decisionsOf = (positions: { no: number; decision: string }[]) =>
  positions
    .filter((one) => one.decision === "open")
    .map((one) => ({
      no: one.no,
      decision: "accepted",
      attribution: "coder",
      evidence_available: true,
      standards: ["DGCS.3"],
    }));

test("an audit runs from the programme to its signature, its report and a closed action", async ({ page, browser }) => {
  test.setTimeout(300_000);
  const open = async (role: "manager" | "coder") => {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      baseURL: process.env.CODEWELL_URL,
    });
    const other = await context.newPage();
    await signIn(other, role);
    return other;
  };
  const manager = await open("manager");
  const coder = await open("coder");
  const me = await ok(coder, "GET", "/me");
  await signIn(page, "auditor");

  // What the auditor is told before their own codes are saved.
  const told: string[] = [];
  page.on("response", async (answer) => {
    if (answer.url().includes("/api/v1/audit-items/") || answer.url().includes("/items"))
      told.push(await answer.text().catch(() => ""));
  });

  let auditId = "";
  await test.step("The audit is planned, and begun from the programme", async () => {
    await page.goto("/programme");
    await page.getByRole("button", { name: "Plan an audit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Kind").selectOption("coder");
    await dialog.getByLabel("Title").fill("Twenty of one coder");
    await dialog.getByLabel("Episodes").fill("20");
    await dialog.getByRole("button", { name: "Plan it" }).click();
    await expect(dialog).toBeHidden();
    await page
      .getByRole("link", { name: "Twenty of one coder" })
      .or(page.getByRole("button", { name: "Twenty of one coder" }))
      .first()
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Start the audit" }).click();
    await page.waitForURL(/\/audits\/[0-9a-f-]{36}\/set-up/);
    auditId = page.url().split("/audits/")[1]?.split("/")[0] ?? "";
  });

  await test.step("It is set up and drawn", async () => {
    const audit = await ok(page, "GET", `/audits/${auditId}`);
    const today = new Date();
    const from = new Date(today.getFullYear(), today.getMonth() - 8, 1).toISOString().slice(0, 10);
    const edited = await ok(
      page,
      "PATCH",
      `/audits/${auditId}`,
      {
        period_from: from,
        population: { coders: [me.person_id ?? me.id] },
        sampling: { method: "simple", size: 20 },
        threshold_key: "acute_80",
      },
      audit.version,
    );
    if (edited.members.length === 0) {
      const auditor = await ok(page, "GET", "/me");
      await ok(
        page,
        "PUT",
        `/audits/${auditId}/auditors`,
        { lead_id: auditor.person_id ?? auditor.id },
        edited.version,
      );
    }
    await page.goto(`/audits/${auditId}/draw`);
    await looked(page, "audit-draw");
    await page.getByRole("button", { name: "Draw 20 episodes" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Draw/ }).click();
    await page.waitForURL((url) => url.pathname === `/audits/${auditId}`);
    await expect(page.getByText("0 of 20")).toBeVisible();
    await looked(page, "audit-overview");
    const replay = await ok(page, "GET", `/audits/${auditId}/draw/replay`);
    expect(replay.same).toBe(true);
  });

  const coded = async (episodeId: string): Promise<Codes> => {
    const versions = await ok(manager, "GET", `/episodes/${episodeId}/codings`);
    const { diagnoses, procedures } = versions.items[0];
    return {
      diagnoses: diagnoses.map((line: Json) => line.code),
      procedures: procedures.map((line: Json) => ({ code: line.code, on: line.on })),
    };
  };

  await test.step("Three episodes are audited by keyboard, blind", async () => {
    await page
      .getByRole("link", { name: "Audit the next episode" })
      .or(page.getByRole("button", { name: "Audit the next episode" }))
      .first()
      .click();
    for (let n = 0; n < 3; n += 1) {
      await page.waitForURL(/\/worksheet\/[0-9a-f-]{36}/);
      const itemId = page.url().split("/worksheet/")[1] ?? "";
      const add = page.getByRole("combobox", { name: /^Add diagnosis/ });
      await expect(add).toBeVisible();
      told.length = 0;
      const sheet = await ok(page, "GET", `/audit-items/${itemId}/worksheet`);
      const episodeId = sheet.episode.episode_id as string;
      const before = JSON.stringify(sheet) + told.join("");
      const theirs = await coded(episodeId);
      expect(before).not.toContain(me.name);
      expect(sheet.positions).toEqual([]);
      // The episode itself, its versions and its workbench are closed to the auditor as well.
      for (const path of [`/episodes/${episodeId}/codings`, `/episodes/${episodeId}/workbench`]) {
        const refused = await call(page, "GET", path);
        expect(refused.status).toBe(403);
        expect(refused.body.type).toBe("/problems/codes-hidden");
      }
      if (n === 0) await looked(page, "audit-worksheet-coding");
      const mine = auditorsOf(theirs);
      await add.focus();
      await page.evaluate((text) => {
        const data = new DataTransfer();
        data.setData("text/plain", text);
        document.activeElement?.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
        );
      }, mine.diagnoses.join(" "));
      await expect(page.locator('[data-list="diagnoses"] [data-place]')).toHaveCount(mine.diagnoses.length);
      if (mine.procedures.length > 0) {
        // Days of procedures are given through the draft, as pasted codes have none.
        await ok(page, "PUT", `/audit-items/${itemId}/draft`, wire(mine), await draftVersion(page, itemId));
        await page.reload();
        await expect(page.locator('[data-list="diagnoses"] [data-place]')).toHaveCount(mine.diagnoses.length);
        await add.focus();
      }
      await page.keyboard.press("Control+Enter");
      const lines = page.getByRole("grid").or(page.getByRole("table")).first();
      await expect(lines).toBeVisible();
      await expect(page.getByText("your codes are locked", { exact: false }).first()).toBeVisible();
      if (n === 0) await looked(page, "audit-worksheet-compare");
      const compared = await ok(page, "GET", `/audit-items/${itemId}/worksheet`);
      const decisions = decisionsOf(compared.positions);
      expect(decisions.length).toBeGreaterThan(0);
      await ok(page, "POST", `/audit-items/${itemId}/decisions`, { decisions }, compared.item.version);
      await page.reload();
      await expect(page.getByText("your codes are locked", { exact: false }).first()).toBeVisible();
      await page.keyboard.press("Control+Enter");
      await expect(page).not.toHaveURL(new RegExp(itemId));
    }
  });

  await test.step("The others through the same operations", async () => {
    for (let n = 0; n < 17; n += 1) {
      const taken = await ok(page, "POST", `/audits/${auditId}/take-next`);
      const at = `/audit-items/${taken.item_id}`;
      const sheet = await ok(page, "GET", `${at}/worksheet`);
      const mine = auditorsOf(await coded(sheet.episode.episode_id));
      const saved = await ok(page, "POST", `${at}/codes`, wire(mine), sheet.item.version);
      const decided = await ok(
        page,
        "POST",
        `${at}/decisions`,
        { decisions: decisionsOf(saved.positions) },
        saved.item.version,
      );
      await ok(page, "POST", `${at}/finish`, { minutes: 5 }, decided.item.version);
    }
    const none = await call(page, "POST", `/audits/${auditId}/take-next`);
    expect(none.body.type).toBe("/problems/nothing-to-audit");
  });

  await test.step("The coder agrees with most and disputes one", async () => {
    await page.goto(`/audits/${auditId}`);
    await page.getByRole("button", { name: "Send the findings" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByText(/sent/).first()).toBeVisible();
    await coder.goto("/findings");
    await looked(coder, "audit-my-findings");
    const mine = await ok(coder, "GET", "/findings?limit=200");
    const waiting = mine.items.filter((one: Json) => one.audit.audit_id === auditId);
    expect(waiting.length).toBeGreaterThan(15);
    await coder.goto(`/findings/${waiting[0].item_id}`);
    const sheet = await coder.getByRole("link", { name: /^My feedback sheet/ }).getAttribute("href");
    expect((await coder.request.get(sheet ?? "")).status()).toBe(200);
    await coder.getByRole("listitem").filter({ hasText: "Standard" }).first().focus();
    await coder.keyboard.press("d");
    await coder.getByRole("textbox").first().fill("It is named as history only.");
    await looked(coder, "audit-dispute");
    await coder.locator("form").getByRole("button", { name: "Dispute" }).click();
    // What was typed stands in its field until it is sent.
    await expect(coder.locator("form").getByRole("button", { name: "Dispute" })).toBeHidden();
    await expect(coder.getByText("It is named as history only.")).toBeVisible();
    for (const { item_id } of waiting) {
      const finding = await ok(coder, "GET", `/findings/${item_id}`);
      const replies = finding.findings
        .filter((one: Json) => one.reply === "waiting")
        .map((one: Json) => ({ no: one.no, act: "agree" }));
      if (replies.length > 0) await ok(coder, "POST", `/findings/${item_id}/replies`, { replies }, finding.version);
    }
    await page.goto(`/disputes/${waiting[0].item_id}`);
    await page.getByRole("button", { name: "Answer" }).click();
    await page.getByRole("dialog").getByLabel("Why").fill("The standard asks for it when it is treated.");
    await page.getByRole("dialog").getByRole("button", { name: "Answer" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    const answered = await ok(coder, "GET", `/findings/${waiting[0].item_id}`);
    await ok(
      coder,
      "POST",
      `/findings/${waiting[0].item_id}/replies`,
      {
        replies: answered.findings
          .filter((one: Json) => one.reply === "answered")
          .map((one: Json) => ({ no: one.no, act: "agree" })),
      },
      answered.version,
    );
  });

  await test.step("It is signed, and nothing of it changes any more", async () => {
    await page.goto(`/audits/${auditId}/sign`);
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign" }).click();
    await expect(page.getByText(/Nothing of it can be changed/)).toBeVisible();
    await looked(page, "audit-signed");
    const audit = await ok(page, "GET", `/audits/${auditId}`);
    expect(audit.state).toBe("signed");
    await page.goto(`/audits/${auditId}/results`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Twenty of one coder");
    await expect(page.getByText("Primary diagnosis").first()).toBeVisible();
    await looked(page, "audit-results");
  });

  await test.step("The report is made in three forms", async () => {
    await page.goto(`/audits/${auditId}/report`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("report");
    await looked(page, "audit-report");
    for (const [form, begins] of [
      ["pdf", "%PDF"],
      ["docx", "PK"],
      ["xlsx", "PK"],
    ] as const) {
      const file: APIResponse = await page.request.get(`/api/v1/audits/${auditId}/report.${form}`);
      expect(file.status()).toBe(200);
      expect((await file.body()).subarray(0, begins.length).toString()).toBe(begins);
    }
  });

  await test.step("What was recommended is done, shown, verified by another and closed", async () => {
    const auditor = await ok(page, "GET", "/me");
    const boss = await ok(manager, "GET", "/me");
    const due = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const made = await ok(page, "POST", `/audits/${auditId}/recommendations`, {
      text: "Go through the standard on comorbidities with the coder.",
      priority: "high",
      owner_id: boss.person_id ?? boss.id,
      due_on: due,
      evidence_wanted: "Notes of the session",
    });
    const at = `/recommendations/${made.recommendation_id}`;
    await ok(manager, "POST", `${at}/respond`, { response: "agreed" }, 1);
    const action = await ok(manager, "POST", `${at}/actions`, {
      text: "One session of an hour",
      owner_id: boss.person_id ?? boss.id,
      due_on: due,
    });
    const step = async (who: Page, what: string, body?: unknown) => {
      const now = await ok(who, "GET", `/actions/${action.action_id}`);
      return call(who, "POST", `/actions/${action.action_id}/${what}`, body, now.version);
    };
    const early = await step(page, "close", { text: "" });
    expect(early.status).toBe(409);
    expect(
      (await step(manager, "evidence", { title: "Notes of the session", text: "Held this week." })).status,
    ).toBeLessThan(300);
    expect((await step(manager, "finish", { text: "Held" })).status).toBeLessThan(300);
    expect((await step(page, "verify", { text: "Notes seen" })).status).toBeLessThan(300);
    await page.goto("/actions");
    await looked(page, "audit-actions");
    expect((await step(page, "close", { text: "" })).status).toBeLessThan(300);
    const closed = await ok(page, "GET", `/actions/${action.action_id}`);
    expect(closed.state).toBe("closed");
    expect(auditor.name).not.toBe(boss.name);
  });
  await manager.context().close();
  await coder.context().close();
});

/** The version of the draft now, 0 for none. */
async function draftVersion(page: Page, itemId: string): Promise<number> {
  const sheet = await ok(page, "GET", `/audit-items/${itemId}/worksheet`);
  return sheet.draft?.version ?? 0;
}

test("the demonstration's second auditor is not offered at sign-in", async ({ page }) => {
  await page.goto("/sign-in");
  expect(signInOf("auditor").username).toBe("auditor");
  await expect(page.getByText("auditor2")).toHaveCount(0);
});
