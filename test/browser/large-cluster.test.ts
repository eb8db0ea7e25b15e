import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { type MockAdmin, startMockAdmin } from "./support/mock-admin.js";
import { addressOf } from "./support/mock-cluster.js";
import { goToView, openPage, rowOf } from "./support/open-page.js";

const SIZE = 1_000;

let browser: Browser;
let admin: MockAdmin;

beforeAll(async () => {
  browser = await launchBrowser();
  admin = await startMockAdmin(SIZE);
});

afterAll(async () => {
  await browser.close();
  await admin.stop();
});

test("of a thousand members only those that are seen are in the page, and all can be scrolled to", async () => {
  const { page, faults } = await openPage(browser, admin.url);
  await rowOf(page, addressOf(0)).waitFor();
  const table = page.locator("table.members");
  expect(await table.getAttribute("aria-rowcount")).toBe(String(SIZE + 1));
  expect(await table.locator("tr[data-address]").count()).toBeLessThan(60);
  await page.locator(".table-box").evaluate((box) => {
    box.scrollTop = box.scrollHeight;
  });
  await page.locator(`tr[aria-rowindex="${SIZE + 1}"]`).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test("the graph and the matrix show a thousand members", async () => {
  const { page, faults } = await openPage(browser, admin.url);
  await goToView(page, "Graph");
  await page.getByText(/1,000 members, [34],\d{3} links/).waitFor();
  await goToView(page, "Reach");
  await page.getByText(/All [34],\d{3} links work in both directions/).waitFor();
  await page.locator(".reach-figure canvas").waitFor();
  expect(faults).toEqual([]);
  await page.close();
});
