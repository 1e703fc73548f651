// The codes page by keyboard.
import { expect, looked, signIn, test } from "./journey.ts";

test("arrows choose among the codes found and Enter opens the chosen one", async ({ page }) => {
  await signIn(page, "coder");
  await page.goto("/codes");
  const field = page.getByRole("combobox", { name: "Code or words" });
  await expect(field).toBeFocused();
  await field.pressSequentially("copd acute exac");
  const options = page.getByRole("listbox", { name: "Codes found" }).getByRole("option");
  await expect(options.first()).toContainText("J44.1");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await looked(page, "codes-chosen");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/code=J441/);
  await expect(field).toBeFocused();
});
