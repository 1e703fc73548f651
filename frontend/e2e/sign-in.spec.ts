import { accessible, expect, looked, reflows, refuse, signIn, signInOf, test } from "./journey.ts";

test.describe("Signing in", () => {
  test("takes a name and a password, and says in words when they are wrong", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(page.getByRole("heading", { name: "Sign in", level: 1 })).toBeVisible();
    await expect(page.getByLabel("User name")).toBeFocused();
    await expect(page.getByRole("heading", { name: "Try it as" })).toBeVisible();
    await looked(page, "sign-in");

    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("Enter your user name");
    await expect(page.getByRole("alert")).toBeFocused();
    await looked(page, "sign-in-errors");

    await page.getByLabel("User name").fill(signInOf("coder").username);
    await page.getByLabel("Password").fill("not the password");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("do not match");
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("User name")).toHaveValue(signInOf("coder").username);
    await expect(page.getByLabel("Password")).toHaveValue("");
    await accessible(page);
    await reflows(page);
  });

  test("leads back to the page that was asked for, and never to another site", async ({ page }) => {
    const { username, password } = signInOf("coder");
    await page.goto("/codes?q=hip");
    await expect(page).toHaveURL(/\/sign-in\?after=/);
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/codes\?q=hip/);

    await page.context().clearCookies();
    await page.goto("/sign-in?after=//evil.example/");
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(process.env.CODEWELL_URL);
  });

  test("a page that meets 401 is covered: the same person goes on, another one starts anew", async ({ page }) => {
    await signIn(page, "coder");
    await page.context().clearCookies();
    await page.getByRole("link", { name: "Queues" }).first().click();
    const again = page.getByRole("dialog", { name: "Sign in again to go on" });
    await expect(again).toContainText("Your sign-in was ended outside this page");
    await expect(again.getByLabel("User name")).toBeFocused();
    await looked(page, "sign-in-again");
    await again.getByLabel("User name").fill(signInOf("coder").username);
    await again.getByLabel("Password").fill("not the password");
    await page.keyboard.press("Enter");
    await expect(again.getByRole("alert")).toContainText("do not match");
    await again.getByLabel("Password").fill(signInOf("coder").password);
    await page.keyboard.press("Enter");
    await expect(again).toHaveCount(0);
    await expect(page.getByRole("heading", { level: 1, name: "Queues" })).toBeVisible();
    await expect(page.getByRole("table")).toBeVisible();

    await page.context().clearCookies();
    await page.getByRole("link", { name: "SUS timetable" }).first().click();
    await expect(again.getByLabel("User name")).toBeFocused();
    await again.getByLabel("User name").fill(signInOf("manager").username);
    await again.getByLabel("Password").fill(signInOf("manager").password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/:\d+\/$/);
    await expect(page.getByRole("button", { name: /Coding manager/i })).toBeVisible();
  });

  test("says so when the server cannot be asked", async ({ page }) => {
    await refuse(page, "/api/v1/sign-in/options");
    await page.goto("/sign-in");
    await expect(page.getByRole("alert")).toContainText("The service is busy");
    await accessible(page);
  });
});

test.describe("The frame", () => {
  test("is gone through by keyboard alone", async ({ page }) => {
    await signIn(page, "manager");
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();

    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: /A page, a code/ })).toBeFocused();
    await page.keyboard.type("timetable");
    await looked(page, "palette");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/sus-timetable/);
    await expect(page.getByRole("heading", { level: 1, name: "SUS timetable" })).toBeFocused();
    await expect(page).toHaveTitle("SUS timetable · Codewell");

    await page.keyboard.press("Control+/");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await looked(page, "shortcuts");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);

    await page.keyboard.press("Alt+m");
    await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
    await page.keyboard.press("Alt+m");
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  });

  test("finds a code and opens it", async ({ page }) => {
    await signIn(page, "coder");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("I21.4");
    await expect(page.getByRole("option", { name: /I21\.4/ }).first()).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/code=I214/);
    await expect(page.getByRole("heading", { level: 2, name: /I21\.4/ })).toBeVisible();
  });

  test("finds the episodes of a spell by its number alone, and opens one", async ({ page }) => {
    await signIn(page, "coder");
    const { items } = await (await page.request.get("/api/v1/episodes?coding_state=uncoded&limit=1")).json();
    const episode = await (await page.request.get(`/api/v1/episodes/${items[0].episode_id}`)).json();
    await page.keyboard.press("Control+k");
    await page.keyboard.type(episode.spell_number);
    const option = page.getByRole("option", {
      name: new RegExp(`^Open spell ${episode.spell_number}, episode ${episode.episode_number}`),
    });
    await expect(option).toBeVisible();
    await looked(page, "palette-spell");
    await option.click();
    await expect(page).toHaveURL(new RegExp(`/episodes/${episode.episode_id}$`));
  });

  test("leads a trainee to an episode too, and tells whoever may not look one up", async ({ page }) => {
    await signIn(page, "trainee");
    const { items } = await (await page.request.get("/api/v1/episodes?coding_state=uncoded&limit=1")).json();
    const episode = await (await page.request.get(`/api/v1/episodes/${items[0].episode_id}`)).json();
    await page.keyboard.press("Control+k");
    await page.keyboard.type(`${episode.spell_number} ${episode.episode_number}`);
    await expect(page.getByRole("option", { name: new RegExp(`^Open spell ${episode.spell_number}`) })).toHaveCount(1);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/episodes/${episode.episode_id}$`));
    await page.keyboard.press("Control+k");
    await page.keyboard.type("NONE00000");
    await expect(page.getByText("No episode of a spell NONE00000 is here.")).toBeVisible();
    await looked(page, "palette-no-spell");

    await page.context().clearCookies();
    await signIn(page, "system administrator");
    await page.keyboard.press("Control+k");
    await page.keyboard.type(episode.spell_number);
    await expect(page.getByText("Your role may not look up episodes.")).toBeVisible();
  });

  test("shows only what the person may do", async ({ page }) => {
    await signIn(page, "privacy officer");
    const nav = page.getByRole("navigation", { name: "Main" });
    await expect(nav.getByRole("link", { name: "Access trail" })).toBeVisible();
    await expect(nav.getByRole("link", { name: "Queues" })).toHaveCount(0);
    await expect(nav.getByRole("link", { name: "Intake" })).toHaveCount(0);
  });

  test("warns before the sign-in ends, and lets the person stay", async ({ page }) => {
    await page.clock.install();
    await signIn(page, "coder");
    // An answer that is still on its way would count as something done after the jump.
    await page.waitForLoadState("networkidle");
    await page.clock.fastForward("28:30");
    const warning = page.getByRole("dialog", { name: "You are about to be signed out" });
    await expect(warning).toBeVisible();
    await looked(page, "session-warning");
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await expect(warning).toHaveCount(0);
    await page.clock.fastForward("31:00");
    await expect(page).toHaveURL(/\/sign-in\?ended=idle/);
    await expect(page.getByText("You were signed out because nothing was done for a while.")).toBeVisible();
  });

  test("signs out", async ({ page }) => {
    await signIn(page, "coder");
    await page.getByRole("button", { name: /Clinical coder/ }).click();
    await expect(page.getByRole("link", { name: "My sign-ins" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    await page.goto("/queues");
    await expect(page).toHaveURL(/\/sign-in/);
  });
});
