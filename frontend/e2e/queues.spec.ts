// The queues as a coder and a manager use them: filters in the address, one list, many at once with a way back.
import { expect, looked, type Page, picture, reflows, refuse, signIn, test } from "./journey.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Episodes that are not coded" }).locator("tbody tr");
const tile = (page: Page, name: string) => page.locator(".qu-tile", { hasText: name });
const numberOn = async (page: Page, name: string) =>
  Number((await tile(page, name).locator(".qu-tile__number").innerText()).replaceAll(",", ""));

async function queues(page: Page, search = ""): Promise<void> {
  await page.goto(`/queues${search}`);
  await expect(page.getByRole("heading", { level: 1, name: "Queues" })).toBeVisible();
}

test.describe("a coder", () => {
  test.beforeEach(async ({ page }) => {
    await signIn(page, "coder");
  });

  test("sees five queues that add up, and each episode says why it is there", async ({ page }) => {
    await queues(page);
    await expect(rows(page).first()).toBeVisible();
    await expect(page.locator(".qu-tile")).toHaveCount(5);
    const names = ["To code", "Waiting for information", "Outstanding pathology", "Update received", "Second check"];
    let sum = 0;
    for (const name of names) sum += await numberOn(page, name);
    await expect(page.locator(".cw-page-head__sub")).toContainText(`${sum.toLocaleString("en-GB")} episodes not coded`);
    for (const why of await rows(page).locator("td:nth-of-type(6)").allInnerTexts()) expect(why.trim()).not.toBe("");
    // What a person can say over the telephone.
    for (const said of await rows(page).locator("td:nth-of-type(1)").allInnerTexts())
      expect(said).toMatch(/^\S+ \/ \d+$/);
    await looked(page, "queues");
  });

  test("filters by tile and by choice, and the address is the filter", async ({ page }) => {
    await queues(page);
    await tile(page, "Waiting for information").press("Enter");
    await expect(page).toHaveURL(/\?queue=waiting_for_information$/);
    await page.getByRole("combobox", { name: "Age" }).selectOption("6");
    await expect(page).toHaveURL(/min_age=6/);
    await page.reload();
    await expect(page.getByRole("button", { name: /Remove filter Age: 6 days or more/ })).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Queue" })).toHaveValue("waiting_for_information");
    await looked(page, "queues-filtered");
    await page.getByRole("button", { name: "Clear filters" }).press("Enter");
    await expect(page).toHaveURL(/\/queues$/);
  });

  test("sees more on asking, each episode once", async ({ page }) => {
    await queues(page);
    await expect(rows(page)).toHaveCount(50);
    await page.getByRole("button", { name: "Show more" }).press("Enter");
    await expect.poll(() => rows(page).count()).toBeGreaterThan(50);
    const links = await rows(page)
      .locator("a")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(new Set(links).size).toBe(links.length);
  });

  test("is told what to do when nothing matches", async ({ page }) => {
    await queues(page, "?specialty=ZZZ");
    await expect(page.getByText("No episode matches these filters")).toBeVisible();
    await looked(page, "queues-none");
  });

  test("takes the next with one key and finds it in My work", async ({ page }) => {
    await queues(page, "?queue=to_code");
    await page.keyboard.press("Alt+n");
    await page.waitForURL(/\/episodes\//);
    const episodeId = page.url().split("/").at(-1);
    await expect(page.getByRole("combobox", { name: /^Add diagnosis/ })).toBeFocused();
    await page.goto("/my-work");
    await expect(page.getByRole("heading", { name: "Open with me" })).toBeVisible();
    await expect(page.locator(`a[href="/episodes/${episodeId}"]`)).toBeVisible();
    await looked(page, "my-work");
  });

  test("cannot choose rows to move", async ({ page }) => {
    await queues(page);
    await expect(rows(page).first()).toBeVisible();
    await expect(page.getByRole("checkbox")).toHaveCount(0);
  });

  test("sees when the server is busy, and tries again", async ({ page }) => {
    await refuse(page, "/api/v1/work-items");
    await queues(page);
    await expect(page.getByRole("alert")).toContainText("The service is busy");
    await looked(page, "queues-busy");
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).press("Enter");
    await expect(rows(page).first()).toBeVisible();
  });

  test("needs no sideways scrolling at 400 % zoom", async ({ page }) => {
    await queues(page);
    await expect(rows(page).first()).toBeVisible();
    await reflows(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await looked(page, "queues-zoom");
  });
});

test.describe("a manager", () => {
  test.beforeEach(async ({ page }) => {
    await signIn(page, "manager");
    await queues(page, "?queue=to_code&sort=queued");
    await expect(rows(page).first()).toBeVisible();
  });

  test("holds several at once with a reason and a day, and takes it back", async ({ page }) => {
    const before = await numberOn(page, "To code");
    const boxes = rows(page).filter({ hasText: "unassigned" }).getByRole("checkbox");
    for (const row of [5, 6, 7]) {
      await boxes.nth(row).focus();
      await page.keyboard.press("Space");
    }
    await expect(page.getByText("3 selected")).toBeVisible();
    // A row that is half under the table's head while it is scrolled shows half of its checkbox.
    await page.evaluate(() => {
      for (const part of [document.scrollingElement, ...document.querySelectorAll("main, main *")])
        if (part && part.scrollTop > 0) part.scrollTop = 0;
    });
    await looked(page, "queues-selected");
    await page.getByRole("button", { name: "Hold until…" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Hold 3 episodes" });
    await dialog.getByRole("button", { name: "Hold them" }).press("Enter");
    await expect(dialog.getByRole("alert")).toContainText("Give a reason");
    await looked(page, "queues-hold");
    await dialog.getByLabel("Reason").fill("Notes asked for");
    const soon = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    await dialog.getByLabel("Look again on").fill(soon);
    await dialog.getByRole("button", { name: "Hold them" }).press("Enter");
    await expect(page.getByText("3 episodes moved to waiting for information")).toBeVisible();
    await expect.poll(() => numberOn(page, "To code")).toBe(before - 3);
    await picture(page, "queues-moved");
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await expect(page.getByText("Undone: 3 episodes back where they were")).toBeVisible();
    await expect.poll(() => numberOn(page, "To code")).toBe(before);
  });

  test("is offered only queues that the chosen may go to, and told which stayed and why", async ({ page, browser }) => {
    const link = rows(page).filter({ hasText: "unassigned" }).nth(11).getByRole("link");
    const episode = (await link.getAttribute("href")) ?? "";
    const other = await (await browser.newContext()).newPage();
    await rows(page)
      .filter({ has: page.locator(`a[href="${episode}"]`) })
      .getByRole("checkbox")
      .press("Space");
    await signIn(other, "auditor");
    await other.goto(episode);
    await other.getByRole("button", { name: "Take this episode" }).press("Enter");
    await expect(other.getByRole("combobox", { name: /^Add diagnosis/ })).toBeVisible();

    await page.getByRole("button", { name: "Move to queue" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Move 1 episode" });
    await expect(dialog.getByLabel("Queue").locator("option")).toHaveText([
      "Waiting for information",
      "Outstanding pathology",
    ]);
    await dialog.getByLabel("Reason").fill("Notes asked for");
    const sent = page.waitForRequest(/bulk-move/);
    await dialog.getByRole("button", { name: "Move them" }).press("Enter");
    expect((await sent).headers()["idempotency-key"]).toBeTruthy();
    await expect(page.getByText("1 episode stayed where it was:")).toBeVisible();
    await expect(page.locator(".qu-stayed li")).toContainText(/^To code: [MF–].*: Somebody is coding it\.$/);
    await looked(page, "queues-stayed");
    await other.keyboard.press("Alt+r");
    await expect(other).toHaveURL(/my-work/);
    await other.context().close();
  });

  test("chooses among all specialties of the queue, not only of the rows that are loaded", async ({ page }) => {
    const answer = await page.request.get("/api/v1/work-items/specialties?queue=to_code");
    const { items } = (await answer.json()) as { items: { code: string; name: string; count: number }[] };
    await expect(page.getByRole("combobox", { name: "Specialty" }).locator("option")).toHaveCount(items.length + 1);
  });

  test("assigns to a person, and sees who has them", async ({ page }) => {
    // One that nobody is coding now.
    await rows(page).filter({ hasText: "unassigned" }).nth(9).getByRole("checkbox").press("Space");
    await page.getByRole("button", { name: "Assign" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Assign 1 episode" });
    const select = dialog.getByLabel("To");
    await expect(select).toBeVisible();
    const name = (await select.locator("option").nth(1).innerText()).split(",")[0] ?? "";
    await select.selectOption({ index: 1 });
    await looked(page, "queues-assign");
    await dialog.getByRole("button", { name: "Assign them" }).press("Enter");
    await expect(page.getByText(`1 episode assigned to ${name}`)).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await expect(page.getByText("Undone: 1 episode back where they were")).toBeVisible();
  });
});

test("someone who codes nothing is told so", async ({ page }) => {
  await signIn(page, "clinician");
  await page.goto("/my-work");
  await expect(page.getByText("Your role does not include this")).toBeVisible();
  await looked(page, "my-work-not-allowed");
});
