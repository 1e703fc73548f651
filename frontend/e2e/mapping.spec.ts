// A sender whose columns have names of their own: the manager maps them, looks at the file first, and takes it in.
import { ourFields } from "../src/features/intake/mapping.ts";
import { expect, looked, type Page, reflows, signIn, test } from "./journey.ts";

const stamp = Date.now().toString().slice(-7);
const heading = "Stay;Part;HospNo;Gender;DOB;In;Out;From;To;Spec;Function;PrimDiag;Colour";
const row = (part: number, day: string) =>
  `M${stamp};${part};E2M${stamp};2;1961-05-04;2026-10-01;2026-10-09;${day};300;300;I214;blue`;
const file = [heading, row(1, "2026-10-01;2026-10-05"), row(2, "2026-10-05;2026-10-09")].join("\n");
const columns = [
  "Stay = spell_number",
  "Part = episode_number",
  "HospNo = local_patient_id",
  "DOB = birth_on",
  "Gender = sex",
  "In = admitted_on",
  "Out = discharged_on",
  "From = started_on",
  "To = ended_on",
  "Spec = main_specialty_code",
  "Function = treatment_function_code",
  "PrimDiag = dx_1",
];

async function send(page: Page, name: string, source?: string): Promise<void> {
  await page.goto("/intake");
  await page.getByRole("button", { name: "Send a file" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Send a file" });
  await dialog.getByLabel("File").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(file) });
  if (source) await dialog.getByLabel("Columns").selectOption({ label: source });
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

const figure = (page: Page, label: string) =>
  page.locator(".cw-figure", { has: page.getByText(label, { exact: true }) }).locator(".cw-figure__number");

test("a file of unknown columns is mapped, looked at first, and taken in", async ({ page }) => {
  await signIn(page, "manager");

  await send(page, `unmapped-${stamp}.csv`);
  await expect(page.getByText("failed", { exact: true })).toBeVisible({ timeout: 20_000 });
  await looked(page, "mapping-missing");

  await page.goto("/intake?tab=sources");
  await page.getByRole("button", { name: "Add a mapping" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a mapping" });
  await expect(dialog.getByLabel("Id")).toBeFocused();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Map at least one column");
  await looked(page, "mapping-errors");

  await dialog.getByLabel("Id").fill(`ward-${stamp}`);
  await dialog.getByLabel("Sender").fill(`Ward system ${stamp}`);
  await dialog.getByLabel("Columns").fill(`${columns[0]}\nPart`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Line 2");
  await dialog.getByLabel("Columns").fill([...columns.slice(0, 11), "PrimDiag = no_such_field"].join("\n"));
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/points at a field that episodes do not have/);
  await dialog.getByText("Our fields").click();
  await looked(page, "mapping-fields");
  await dialog.getByLabel("Columns").fill(columns.join("\n"));
  await looked(page, "mapping");
  await reflows(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`The mapping of Ward system ${stamp} is saved`)).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(`ward-${stamp}`) })).toContainText("12");

  await page.getByRole("button", { name: `Ward system ${stamp}` }).click();
  const again = page.getByRole("dialog", { name: `Mapping of Ward system ${stamp}` });
  await expect(again.getByLabel("Columns")).toHaveValue(columns.join("\n"));
  // Each field that the dialog names is one that the server knows.
  const named = [...ourFields, "dx_99", "px_99", "px_date_99"].map((field) => `Their ${field} = ${field}`);
  await again.getByLabel("Columns").fill(named.join("\n"));
  await again.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`ward-${stamp}`) })).toContainText(String(named.length));
  await page.getByRole("button", { name: `Ward system ${stamp}` }).click();
  await again.getByLabel("Columns").fill(columns.join("\n"));
  await again.getByRole("button", { name: "Save" }).click();
  await expect(again).toHaveCount(0);

  await send(page, `mapped-${stamp}.csv`, `As mapped for Ward system ${stamp}`);
  await expect(page.getByText("Nothing is taken in yet.")).toBeVisible({ timeout: 20_000 });
  await expect(figure(page, "Accepted")).toHaveText("2");
  await looked(page, "mapping-preview");
  await page.getByRole("button", { name: "Take it in", exact: true }).click();
  await expect(page.getByText("done", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(figure(page, "Accepted")).toHaveText("2");
  await expect(figure(page, "Rejected")).toHaveText("0");
});
