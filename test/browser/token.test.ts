// The page before an agent that takes no action without a token.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAgent } from "../support/agent.js";
import { testFolder } from "../support/folder.js";
import { launchBrowser } from "./support/browser.js";
import { openPage, rowOf } from "./support/open-page.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

const TOKEN = "a-token-that-is-long-enough";

test("an action asks for the token, says that a wrong one is wrong, and is done with the right one", async () => {
  const file = join(testFolder(), "token");
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
  await using other = await startAgent(["--name", "bo"]);
  await using agent = await startAgent(["--name", "anna", "--admin-token-file", file]);
  const { page } = await openPage(browser, `http://${agent.admin}/`);
  await rowOf(page, "anna").waitFor();

  await page.getByRole("button", { name: "Join" }).click();
  const dialog = page.getByRole("dialog");
  const submit = dialog.getByRole("button", { name: "Join" });
  await dialog.getByLabel("Seeds").fill(other.address);
  expect(await dialog.getByLabel("Token of the agent").count()).toBe(0);
  await submit.click();

  await dialog.getByLabel("Token of the agent").fill("a-token-that-is-not-the-right-one");
  await submit.click();
  await dialog.getByRole("alert").getByText(/token/).waitFor();
  expect(await rowOf(page, "bo").count()).toBe(0);

  await dialog.getByLabel("Token of the agent").fill(TOKEN);
  await submit.click();
  await rowOf(page, "bo").waitFor();
  await dialog.waitFor({ state: "detached" });
  await page.close();
});
