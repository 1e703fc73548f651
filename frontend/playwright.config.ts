import { defineConfig } from "@playwright/test";

/** Chromium as the machine has it; Playwright downloads none. */
const executablePath = process.env.CODEWELL_CHROMIUM || "/usr/bin/chromium";

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/stack.ts",
  outputDir: "test-results",
  // The journeys share one database, as a department does; each works with its own person or its own things.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A busy machine may be slow once; what fails twice is wrong, and what needed a second try is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1366, height: 768 },
    locale: "en-GB",
    timezoneId: "Europe/London",
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-GB",
      ],
    },
  },
});
