// The system administrator's and the manager's work: people, keys, editions, rules, dates.
import { accessible, expect, looked, reflows, signIn, test } from "./journey.ts";

const stamp = Date.now().toString().slice(-7);

test("a person is added, given a password, and deactivated; nothing is done without asking", async ({ page }) => {
  await signIn(page, "system administrator");
  await page.goto("/people");
  await expect(page.getByRole("button", { name: "Add a person" })).toBeVisible();
  await page.keyboard.press("Alt+a");
  const dialog = page.getByRole("dialog", { name: "Add a person" });
  await expect(dialog.getByLabel("User name")).toBeFocused();
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Enter a user name");
  await looked(page, "person-add");
  await dialog.getByLabel("User name").fill(`sam.${stamp}`);
  await dialog.getByLabel("Name", { exact: true }).fill("Sam Example");
  await dialog.getByLabel(/^Clinical coder/).check();
  await dialog.getByRole("button", { name: "Add" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Sam Example" })).toBeVisible();
  await expect(page.getByText("Sam Example was added")).toBeVisible();
  await looked(page, "person");
  await reflows(page);

  await page.getByRole("button", { name: "Make a new password" }).click();
  const ask = page.getByRole("dialog", { name: /Make a new password/ });
  await ask.getByRole("button", { name: "Make a new password" }).click();
  await expect(ask.getByText("New password, shown this once")).toBeVisible();
  await accessible(page);
  await ask.getByRole("button", { name: "Done" }).click();

  await page.getByLabel("Coder reference").fill("C42");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Deactivate" }).click();
  const sure = page.getByRole("dialog", { name: "Deactivate Sam Example?" });
  await looked(page, "person-deactivate");
  await page.keyboard.press("Escape");
  await expect(sure).toHaveCount(0);
  await expect(page.getByText("active", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Deactivate" }).click();
  await sure.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("deactivated", { exact: true })).toBeVisible();
});

test("someone else's edit meanwhile is said, and nothing is written over it", async ({ page, context }) => {
  await signIn(page, "system administrator");
  await page.goto("/people");
  await page.getByRole("link", { name: "Daniel Whitlock" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Daniel Whitlock" })).toBeVisible();
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByLabel("Coder reference").fill(`C${stamp}`);
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("Saved", { exact: true })).toBeVisible();
  await other.close();

  await page.getByLabel("Coder reference").fill("C-mine");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Changed since you opened it.")).toBeVisible();
  await expect(page.getByLabel("Coder reference")).toHaveValue("C-mine");
  await looked(page, "person-stale");
  await page.getByRole("button", { name: "Show it as it is now" }).click();
  await expect(page.getByLabel("Coder reference")).toHaveValue(`C${stamp}`);
});

test("a system gets a key, shown once; a new one; and is shut out", async ({ page }) => {
  await signIn(page, "system administrator");
  await page.goto("/api-clients");
  await page.getByRole("button", { name: "Add an API client" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an API client" });
  await dialog.getByLabel("System").fill(`Ward system ${stamp}`);
  await dialog.getByLabel(/^Checks/).check();
  await looked(page, "api-client-add");
  await dialog.getByRole("button", { name: "Make a key" }).click();
  await expect(page.locator("output")).toHaveText(/^cwk_[a-z0-9]{12}_.{43}$/);
  await accessible(page);
  await page.getByRole("button", { name: "I have put it in a safe place" }).click();
  await expect(page.locator("output")).toHaveCount(0);

  const row = page.getByRole("row", { name: new RegExp(`Ward system ${stamp}`) });
  await row.getByRole("button", { name: /New key/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a new key" }).click();
  await expect(page.locator("output")).toHaveText(/^cwk_[a-z0-9]{12}_.{43}$/);
  await page.getByRole("button", { name: "I have put it in a safe place" }).click();
  await row.getByRole("button", { name: /Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row.getByText("revoked")).toBeVisible();
});

test("an edition is loaded as a preview, compared, made ready, withdrawn and discarded", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/editions");
  await expect(page.getByRole("button", { name: "Load an edition" })).toBeVisible();
  await page.keyboard.press("Alt+a");
  const dialog = page.getByRole("dialog", { name: "Load an edition" });
  await dialog.getByRole("button", { name: "Load as a preview" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Choose the code file");
  await looked(page, "edition-load");
  await dialog.getByLabel("Format").selectOption("csv");
  await dialog.getByLabel("Files").setInputFiles({
    name: `opcs-${stamp}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from(`code,title\nK75.1,A title of our own ${stamp}\nK75.2,Another title\nnonsense,x\n`),
  });
  await dialog.getByLabel("Short name").fill(`9.${stamp}`);
  await dialog.getByLabel("Title").fill(`OPCS trial ${stamp}`);
  await dialog.getByLabel("First day").fill("1 Apr 2030");
  await dialog.getByRole("button", { name: "Load as a preview" }).click();

  await expect(page.getByRole("heading", { level: 1, name: `OPCS trial ${stamp}` })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("preview, not in use")).toBeVisible();
  await page.getByRole("tab", { name: /Removed/ }).click();
  await expect(page.getByRole("table", { name: "Codes removed" })).toBeVisible();
  await looked(page, "edition");
  await reflows(page);

  await page.getByRole("button", { name: "Make ready" }).click();
  const ready = page.getByRole("dialog", { name: /^Make OPCS trial .* ready\?$/ });
  await expect(ready.getByText(/codes will go, .* of them in use/)).toBeVisible();
  await expect(ready.getByText("Type how many codes will go")).toBeVisible();
  await looked(page, "edition-ready");
  const field = ready.getByLabel(/^Type \d+ to say/);
  const wanted = /Type (\d+)/.exec((await ready.locator("label").textContent()) ?? "")?.[1] ?? "";
  await field.fill(wanted);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Withdraw" })).toBeVisible();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await looked(page, "edition-withdraw");
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText("preview, not in use")).toBeVisible();

  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("discarded", { exact: true })).toBeVisible();
});

test("a manager softens a check rule, and puts it back", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/check-rules?q=A-06");
  await page.getByRole("link", { name: "Day case details disagree" }).click();
  const dialog = page.getByRole("dialog", { name: /A-06/ });
  await expect(dialog.getByLabel("Severity")).toBeVisible();
  await looked(page, "check-rule");
  await dialog.getByLabel("Severity").selectOption("info");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("edited here", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Day case details disagree" }).click();
  await dialog.getByRole("button", { name: "Restore as shipped" }).click();
  await expect(page.getByText("edited here", { exact: true })).toHaveCount(0);
});

test("published dates take the place of provisional ones", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/sus-timetable");
  await page.getByRole("button", { name: "Load dates" }).click();
  const dialog = page.getByRole("dialog", { name: "Load dates" });
  await dialog.getByLabel("Where they come from").fill("Trial timetable");
  await dialog.getByLabel("Dates", { exact: true }).fill("2027-02, flex, 31 June 2027");
  await dialog.getByRole("button", { name: /^Load/ }).click();
  await expect(dialog.getByRole("alert")).toContainText("Line 1");
  await looked(page, "timetable-load");
  await dialog.getByLabel("Dates", { exact: true }).fill("2027-02, flex, 19 Mar 2027");
  await dialog.getByRole("button", { name: "Load 1 date" }).click();
  const row = page.getByRole("row", { name: /^Feb 2027/ });
  await expect(row).toContainText("19 Mar 2027");
});

test("whoever only reads the SUS timetable reaches all of it by keyboard", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/sus-timetable");
  await expect(page.getByRole("table", { name: "SUS inclusion dates" })).toBeVisible();
  await page.setViewportSize({ width: 1366, height: 400 });
  await expect(page.getByRole("main")).toHaveAttribute("tabindex", "0");
  await looked(page, "timetable-coder");
});
