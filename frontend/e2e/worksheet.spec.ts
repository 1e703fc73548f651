// An auditor at work: an episode coded blind and its differences decided, by keyboard alone.
import { accessible, expect, type Page, signIn, test } from "./journey.ts";

const V1 = "/api/v1";

/** Asks the API as the person who is signed in on the page. */
async function ask(page: Page, method: "GET" | "POST", path: string, body?: unknown, version?: number) {
  const me = await (await page.request.get(`${V1}/me`)).json();
  const answer = await page.request.fetch(V1 + path, {
    method,
    ...(body === undefined ? {} : { data: body }),
    headers: {
      "X-Codewell-CSRF": me.csrf_token,
      Origin: new URL(page.url()).origin,
      ...(version === undefined ? {} : { "If-Match": String(version) }),
    },
  });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

/** A blind audit of three episodes, drawn, led by whoever is signed in. */
async function drawn(page: Page): Promise<string> {
  const me = await ask(page, "GET", "/me");
  const today = new Date();
  const before = new Date(today.getTime() - 400 * 86_400_000);
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const audit = await ask(page, "POST", "/audits", {
    kind: "ad_hoc",
    title: "Three episodes by keyboard",
    period_from: day(before),
    period_to: day(today),
    sampling: { method: "simple", size: 3 },
    threshold_key: "acute_80",
    lead_id: me.person_id,
    auditor_ids: [],
  });
  await ask(page, "POST", `/audits/${audit.audit_id}/draw`, {}, audit.version);
  return audit.audit_id;
}

test("an auditor codes an episode blind and records three errors by keyboard", async ({ page }) => {
  await signIn(page, "auditor");
  const auditId = await drawn(page);
  await page.goto(`/audits/${auditId}/worksheet/next`);
  await expect(page.getByRole("heading", { level: 1, name: "Code the episode" })).toBeVisible();
  await expect(page.getByText("the coder’s codes are hidden", { exact: true })).toBeVisible();
  await expect(page.getByText("Episode 1 of 3")).toBeVisible();
  await accessible(page);

  let strokes = 0;
  const type = async (text: string) => {
    await page.keyboard.type(text);
    strokes += text.length;
  };
  const press = async (key: string) => {
    await page.keyboard.press(key);
    strokes += 1;
  };

  // Three codes that stand in no seeded episode together: each differs from whatever the coder had.
  for (const code of ["R69X", "Q999", "Z998"]) {
    await type(code);
    await expect(page.getByRole("option").first()).toBeVisible();
    await press("Enter");
  }
  await press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Compare and decide" })).toBeVisible();
  await expect(page.locator(".ws-row--here")).toBeFocused();
  await expect(page.getByText(/your codes are locked since/)).toBeVisible();
  await accessible(page);
  const coding = strokes;

  // The coder's error, the same standard each time: two or three keys a line.
  strokes = 0;
  const lines = page.locator(".ws-row[data-row]:not(.ws-row--agreed)");
  const differing = await lines.count();
  expect(differing).toBeGreaterThanOrEqual(3);
  for (let line = 0; line < 3; line++) {
    const here = page.locator(".ws-row--here");
    const at = await here.getAttribute("data-row");
    await press("1");
    await expect(page.locator(`[data-row="${at}"]`).getByText("coder", { exact: true })).toBeVisible();
    await expect(page.locator(`[data-row="${at}"]`).getByText("which standard?")).toBeVisible();
    await press("s");
    if (line === 0) await type("DGCS.1");
    await press("Enter");
    await expect(page.locator(`[data-row="${at}"]`).getByText("which standard?")).toBeHidden();
    await expect(page.locator(`[data-row="${at}"]`)).not.toBeFocused();
  }
  expect(strokes, `keystrokes for three errors (coding took ${coding})`).toBeLessThanOrEqual(18);

  // What is left is no error; then the next opens.
  for (let line = 0; line < differing; line++) {
    if (await page.locator(".wb-foot").getByText("Every line is decided.").isVisible()) break;
    await page.keyboard.press("r");
  }
  await expect(page.locator(".wb-foot").getByText("Every line is decided.")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Episode 2 of 3")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Code the episode" })).toBeVisible();
});
