import { expect, test } from "./test";

test("the address of the server leads to the runs, and each recorded SDK is in the list", async ({
  page,
  clew,
}) => {
  await page.goto(clew.url);
  await expect(page).toHaveURL(/\/ui\/runs/);
  await expect(page.getByRole("navigation", { name: "Main" }).first()).toContainText("Runs");
});
