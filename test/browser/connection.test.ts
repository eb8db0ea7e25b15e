import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { type MockAdmin, startMockAdmin } from "./support/mock-admin.js";
import { addressOf } from "./support/mock-cluster.js";
import { goToView, openPage, rowOf } from "./support/open-page.js";

let browser: Browser;
let admin: MockAdmin;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  admin = await startMockAdmin(5);
});

afterEach(() => admin.stop().catch(() => {}));

test("an agent that stops to answer is told of, and what was known stays; once it is back, the page mends by itself", async () => {
  const { page } = await openPage(browser, admin.url);
  await rowOf(page, addressOf(1)).waitFor();
  await admin.stop();
  await page.getByText("The agent does not answer.").waitFor();
  expect(await rowOf(page, addressOf(1)).count()).toBe(1);
  expect(await page.getByRole("button", { name: "Join" }).isDisabled()).toBe(true);
  admin.cluster.update(addressOf(1), "changed-meanwhile");
  await admin.restart();
  await rowOf(page, "changed-meanwhile").waitFor();
  await page.getByText("The agent does not answer.").waitFor({ state: "detached" });
  await page.close();
});

test("a graph that is first looked at while the agent does not answer is drawn once it does", async () => {
  const { page, faults } = await openPage(browser, admin.url);
  await rowOf(page, addressOf(1)).waitFor();
  await admin.stop();
  await page.getByText("The agent does not answer.").waitFor();
  await goToView(page, "Graph");
  await admin.restart();
  await page.locator(".graph canvas").waitFor();
  // The browser tells of each request that was refused, as it should; nothing else went wrong.
  expect(faults.filter((fault) => !fault.startsWith("Failed to load resource"))).toEqual([]);
  await page.close();
});
