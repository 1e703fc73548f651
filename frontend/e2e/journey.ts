// The vocabulary of the journeys: sign in as a role, look, check accessibility, take a picture.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export type { Page };
export { expect };

export type Role =
  | "trainee"
  | "coder"
  | "auditor"
  | "trainer"
  | "manager"
  | "clinician"
  | "privacy officer"
  | "system administrator";

/** Every journey also fails on a page error, a refused style or script, and anything but the panes' widths left in storage. */
export const test = base.extend<{ watched: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern.
  baseURL: async ({}, use) => {
    await use(process.env.CODEWELL_URL);
  },
  watched: [
    async ({ page }, use) => {
      const wrong: string[] = [];
      page.on("pageerror", (error) => wrong.push(`page error: ${error.message}`));
      page.on("console", (message) => {
        // A refused request is written to the console by the browser; the page itself shows it.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          wrong.push(`console: ${message.text()}`);
        }
      });
      await use(undefined);
      if (page.url().startsWith("http")) {
        const kept = await page
          .evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])
          .catch((): string[] => []);
        // The widths of the workbench's parts say nothing of anyone.
        if (kept.some((key) => key !== "codewell.panes"))
          wrong.push(`kept in the browser's storage: ${kept.join(", ")}`);
      }
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

export function signInOf(role: Role): { username: string; password: string } {
  const all = JSON.parse(process.env.CODEWELL_SIGN_INS ?? "{}") as Record<
    string,
    { username: string; password: string }
  >;
  const found = Object.entries(all).find(([name]) => name === role || name.replaceAll("_", " ") === role);
  if (!found) throw new Error(`No demonstration sign-in for ${role}; there are: ${Object.keys(all).join(", ")}`);
  return found[1];
}

/** Signs in by typing, as a person does. */
export async function signIn(page: Page, role: Role): Promise<void> {
  const { username, password } = signInOf(role);
  await page.goto("/sign-in");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** No violation of WCAG 2.2 AA that a machine can see, in the state the page is in now. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  expect(
    violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`,
    ),
  ).toEqual([]);
}

const shots = join(import.meta.dirname, "shots");

/** A picture at 1366x768, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: "disabled" });
}

/** Accessible, and a picture of it. */
export async function looked(page: Page, name: string): Promise<void> {
  await accessible(page);
  await picture(page, name);
}

/** At 400 % zoom a 1280 px screen is 320 px wide: nothing may need scrolling sideways. */
export async function reflows(page: Page): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 700 });
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
    .toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

/** Lets one request be refused, to see the state that the page has for it. */
export async function refuse(
  page: Page,
  path: string | RegExp,
  status = 503,
  title = "The service is busy",
): Promise<void> {
  await page.route(
    (url) => (typeof path === "string" ? url.pathname === path : path.test(url.pathname)),
    (route) =>
      route.fulfill({
        status,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: status === 403 ? "/problems/not-permitted" : "/problems/busy",
          title,
          status,
          detail: "Try again in a moment.",
          instance: new URL(route.request().url()).pathname,
          request_id: "0190aaaa-0000-7000-8000-000000000001",
        }),
      }),
  );
}
