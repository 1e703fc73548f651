// A back-load from the PAS, by the manager; then a coder finds the patient who came with it.
import { readFile } from "node:fs/promises";
import { accessible, expect, looked, type Page, reflows, signIn, test } from "./journey.ts";

/** A number of the test range that passes the mod-11 check. */
function nhsNumber(nine: string): string {
  for (let last = 0; ; last += 1) {
    const digits = `${String(Number(nine) + last).padStart(9, "0")}`;
    const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) return `${digits}${check}`;
  }
}

const stamp = Date.now().toString().slice(-7);
const local = `E2E${stamp}`;
const number = nhsNumber(`99${stamp}`);
const heading =
  "spell_number,episode_number,local_patient_id,nhs_number,nhs_number_status,sex,birth_on,admitted_on,discharged_on,started_on,ended_on,main_specialty_code,treatment_function_code";
const row = (spell: number, ended: string) =>
  `S${stamp}${spell},1,${local},${number},01,2,1958-03-03,2026-10-01,${ended},2026-10-01,${ended},300,300`;
const file = [heading, row(1, "2026-10-05"), row(2, "2026-10-06"), row(3, "46301"), row(4, "2026-10-07")].join("\n");

async function figure(page: Page, label: string): Promise<string> {
  const shown = page.locator(".cw-figure", { has: page.getByText(label, { exact: true }) });
  return (await shown.locator(".cw-figure__number").innerText()).trim();
}

test.describe.configure({ mode: "serial" });

test("a manager looks at a file first, takes it in, and mends the row that was rejected", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/intake");
  await expect(page.getByRole("button", { name: "Send a file" }).first()).toBeVisible();
  await page.keyboard.press("Alt+a");
  const dialog = page.getByRole("dialog", { name: "Send a file" });
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Choose a file");
  await dialog
    .getByLabel("File")
    .setInputFiles({ name: `backload-${stamp}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
  await looked(page, "intake-send");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();

  await expect(page.getByRole("heading", { level: 1, name: `backload-${stamp}.csv` })).toBeVisible();
  await expect(page.getByText("Nothing is taken in yet.")).toBeVisible({ timeout: 20_000 });
  expect(await figure(page, "Accepted")).toBe("3");
  expect(await figure(page, "Rejected")).toBe("1");
  await expect(page.getByRole("row", { name: /serial number/ })).toBeVisible();
  await looked(page, "intake-preview");
  await reflows(page);

  await page.getByRole("button", { name: "Take it in", exact: true }).click();
  await expect(page.getByText("done", { exact: true })).toBeVisible({ timeout: 20_000 });
  expect([await figure(page, "Rows"), await figure(page, "Accepted"), await figure(page, "Rejected")]).toEqual([
    "4",
    "3",
    "1",
  ]);
  await looked(page, "intake-job");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /Download all 1/ }).click();
  const saved = await readFile(await (await download).path(), "utf-8");
  expect(saved).toContain("46301");

  await page.getByRole("button", { name: "Try again" }).click();
  const retry = page.getByRole("dialog", { name: "Try again" });
  await looked(page, "intake-retry");
  for (const label of ["ended on", "discharged on"]) {
    const field = retry.getByLabel(label);
    if (await field.count()) await field.fill("2026-10-06");
  }
  await retry.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText(/It is in now/)).toBeVisible();
  await page.goto("/intake");
  await expect(page.getByRole("row", { name: new RegExp(`backload-${stamp}`) })).toBeVisible();
  await looked(page, "intake-files");
});

test("the same file again changes nothing", async ({ page }) => {
  await signIn(page, "manager");
  await page.goto("/intake");
  await page.getByRole("button", { name: "Send a file" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Send a file" });
  await dialog
    .getByLabel("File")
    .setInputFiles({ name: `again-${stamp}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
  await dialog.getByLabel("Look at it first").uncheck();
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `again-${stamp}.csv` })).toBeVisible();
  await expect(page.getByText("done", { exact: true })).toBeVisible({ timeout: 20_000 });
  expect([await figure(page, "Accepted"), await figure(page, "Unchanged")]).toEqual(["0", "3"]);
});

test("a coder finds the patient by NHS number, and only then sees who it is", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/patients");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Enter an NHS number");
  await accessible(page);

  await page.getByRole("textbox", { name: "NHS number" }).fill("999 000 0000");
  await page.keyboard.press("Enter");
  await expect(page.getByText("No patient has this identifier").or(page.getByRole("alert"))).toBeVisible();

  await page
    .getByLabel("NHS number", { exact: true })
    .last()
    .fill(number.replace(/^(...)(...)/, "$1 $2 "));
  await page.keyboard.press("Enter");
  const found = page.getByRole("table", { name: "Patients found" });
  await expect(found).toBeVisible();
  await expect(found).not.toContainText(local);
  expect(page.url()).not.toContain(number);
  await looked(page, "patients-found");

  await found.getByRole("link").first().click();
  await expect(page.getByRole("list", { name: "Spells, the newest first" })).toBeVisible();
  await expect(page.getByText(local)).toHaveCount(0);
  await page.getByRole("button", { name: "Show who it is" }).click();
  await expect(page.getByText(local)).toBeVisible();
  await looked(page, "patient");
  await reflows(page);
  await page.getByRole("button", { name: "Hide" }).click();
  await expect(page.getByText(local)).toHaveCount(0);
});

test("the privacy officer sees that it was shown, and to whom", async ({ page }) => {
  await signIn(page, "privacy officer");
  await page.goto("/trail");
  await page.getByLabel("Did what").selectOption({ label: "Showed who a patient is" });
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("row", { name: /patient revealed/ }).first()).toBeVisible();
  await looked(page, "trail-found");
});
