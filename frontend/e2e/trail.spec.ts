// The privacy officer asks about a record by its own name, and a false "nobody" is never the answer.
import { expect, looked, signIn, test } from "./journey.ts";

test("who looked at a record: by its name, never a false nobody", async ({ page }) => {
  await signIn(page, "privacy officer");
  await page.goto("/trail");
  const record = page.getByLabel("To which record");
  await record.fill("9990000026");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("No patient, spell or episode here has this identifier").first()).toBeVisible();
  await expect(page.getByText("Nothing on the trail fits")).toHaveCount(0);
  await looked(page, "trail-not-here");
  await record.fill("");
  await page.getByLabel("From").fill("20/11/2026");
  await page.getByLabel("To", { exact: true }).fill("19112026");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("The last day is before the first").first()).toBeVisible();
  await page.getByLabel("From").fill("");
  await page.getByLabel("To", { exact: true }).fill("");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await looked(page, "trail-facts");
  expect(page.url()).not.toContain("9990000026");
});

test("a patient search says what is wrong with a number", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/patients");
  const number = page.getByRole("textbox", { name: "NHS number" });
  await number.fill("123");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await expect(page.getByText("An NHS number has ten digits").first()).toBeVisible();
  await number.fill("9990000019");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await expect(page.getByText(/check digit is wrong/).first()).toBeVisible();
  await expect(page.getByText("No patient has this identifier")).toHaveCount(0);
  await looked(page, "patients-check-digit");
});
