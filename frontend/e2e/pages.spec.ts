// Each page in each of its states, looked at by a machine (axe) and kept as a picture for people.
import { accessible, expect, looked, type Role, reflows, refuse, signIn, test } from "./journey.ts";

const pages: { name: string; path: string; role: Role; title: string | RegExp; api: string | RegExp }[] = [
  { name: "home-coder", path: "/", role: "coder", title: /to code before|Welcome/, api: "/api/v1/work-items/counts" },
  {
    name: "home-manager",
    path: "/",
    role: "manager",
    title: /to code before|Welcome/,
    api: "/api/v1/work-items/counts",
  },
  {
    name: "home-system-administrator",
    path: "/",
    role: "system administrator",
    title: /Welcome/,
    api: "/api/v1/editions",
  },
  { name: "home-privacy-officer", path: "/", role: "privacy officer", title: /Welcome/, api: "/api/v1/deadlines" },
  { name: "codes", path: "/codes?q=frac+neck+femur&code=S720", role: "coder", title: "Codes", api: "/api/v1/codes" },
  { name: "codes-opcs", path: "/codes?system=opcs4&q=hip", role: "coder", title: "Codes", api: "/api/v1/codes" },
  { name: "editions", path: "/editions", role: "manager", title: "Classification editions", api: "/api/v1/editions" },
  { name: "check-rules", path: "/check-rules", role: "manager", title: "Check rules", api: "/api/v1/check-rules" },
  {
    name: "sus-timetable",
    path: "/sus-timetable",
    role: "manager",
    title: "SUS timetable",
    api: "/api/v1/sus-timetable",
  },
  { name: "intake", path: "/intake", role: "manager", title: "Intake", api: "/api/v1/intake/jobs" },
  {
    name: "intake-faults",
    path: "/intake?tab=faults",
    role: "manager",
    title: "Intake",
    api: "/api/v1/intake/fault-groups",
  },
  {
    name: "intake-sources",
    path: "/intake?tab=sources",
    role: "manager",
    title: "Intake",
    api: "/api/v1/intake/sources",
  },
  { name: "people", path: "/people", role: "system administrator", title: "People", api: "/api/v1/people" },
  {
    name: "api-clients",
    path: "/api-clients",
    role: "system administrator",
    title: "API clients",
    api: "/api/v1/api-clients",
  },
  { name: "my-sign-ins", path: "/my-sign-ins", role: "coder", title: "My sign-ins", api: "/api/v1/me/sign-ins" },
  { name: "trail", path: "/trail", role: "privacy officer", title: "Access trail", api: "/api/v1/trail/search" },
  { name: "patients", path: "/patients", role: "coder", title: "Find a patient", api: "/api/v1/patients/search" },
];

for (const { name, path, role, title, api } of pages) {
  test(`${name}: as it is, waiting, refused, and at 400 % zoom`, async ({ page }) => {
    await signIn(page, role);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await looked(page, name);
    await reflows(page);

    if (name === "patients") return;
    await page.route(
      (url) => url.pathname === api,
      () => new Promise(() => undefined),
    );
    await page.goto(path);
    await expect(page.getByText(/Loading|Searching/).first()).toBeAttached();
    await accessible(page);
    await page.unrouteAll({ behavior: "ignoreErrors" });

    await refuse(page, api);
    await page.goto(path);
    await expect(page.getByRole("alert").first()).toContainText("The service is busy");
    await expect(page.getByRole("alert").first()).toContainText("0190aaaa-0000-7000-8000-000000000001");
    await looked(page, `${name}-refused`);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.getByRole("button", { name: "Try again" }).first().click();
    await expect(page.getByText("The service is busy")).toHaveCount(0);
  });
}

test("a page that the role does not include says so, and whom to ask", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/people");
  await expect(page.getByText("Your role does not include this")).toBeVisible();
  await looked(page, "no-permission");
});

test("a clinician's home says what there is here, and what there is not", async ({ page }) => {
  await signIn(page, "clinician");
  await expect(page.getByRole("heading", { name: "What you can do here" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Look up codes" })).toBeVisible();
  await looked(page, "home-clinician");
  await reflows(page);
});

const forbidden: [Role, string][] = [
  ["clinician", "/queues"],
  ["clinician", "/episodes/01900000-0000-7000-8000-000000000000"],
  ["coder", "/intake"],
  ["coder", "/trail"],
  ["coder", "/api-clients"],
  ["system administrator", "/patients"],
  ["privacy officer", "/codes"],
];

for (const [role, path] of forbidden) {
  test(`${path} is not for a ${role}: one state, and nothing is asked`, async ({ page }) => {
    await signIn(page, role);
    const asked: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) asked.push(response.url());
    });
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: "You may not see this page" })).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect(await page.locator("main").getByRole("textbox").count()).toBe(0);
    expect(asked).toEqual([]);
    await accessible(page);
  });
}

const mistyped: [Role, string, string | RegExp][] = [
  ["coder", "/episodes/abc", "There is no such episode"],
  ["coder", "/episodes/01900000-0000-7000-8000-000000000000", "There is no such episode"],
  ["coder", "/patients/xyz", "There is no such patient"],
  ["manager", "/intake/jobs/7", "There is no such file"],
  ["system administrator", "/people/1", "There is no such person"],
];

for (const [role, path, title] of mistyped) {
  test(`${path} names nothing: said once, with a way back`, async ({ page }) => {
    await signIn(page, role);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(page.getByText("not valid")).toHaveCount(0);
    await expect(page.locator("main").getByRole("link", { name: /home page/ })).toBeVisible();
    await accessible(page);
    await reflows(page);
  });
}

test("an edition that is none is said once", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/editions/zzz");
  await expect(page.locator("main").getByRole("alert")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  await looked(page, "edition-none");
});

test("an address that is none says so", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
  await looked(page, "no-such-page");
});

test("without a connection the page says so, and comes back by itself", async ({ page, context }) => {
  await signIn(page, "coder");
  await context.setOffline(true);
  await expect(page.getByText("No connection to Codewell.").first()).toBeVisible();
  await looked(page, "offline");
  await expect(page.getByRole("button", { name: "Try again" }).first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("What you see may be out of date.")).toHaveCount(0);
});
