import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { type MockAdmin, startMockAdmin } from "./support/mock-admin.js";
import { addressOf } from "./support/mock-cluster.js";
import { goToView, type OpenPage, openPage, rowOf } from "./support/open-page.js";

const SIZE = 12;

let browser: Browser;
let admin: MockAdmin;
let opened: OpenPage;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  admin = await startMockAdmin(SIZE);
  opened = await openPage(browser, admin.url);
});

afterEach(async () => {
  await opened.page.close();
  await admin.stop();
  expect(opened.faults).toEqual([]);
});

describe("the members", () => {
  test("are a table with names, addresses and metadata", async () => {
    const row = rowOf(opened.page, addressOf(0));
    await row.waitFor();
    expect(await row.textContent()).toContain("this agent");
    expect(await opened.page.getByRole("row").count()).toBe(SIZE + 1);
  });

  test("show an update, a crash and a leave as they happen", async () => {
    const { page } = opened;
    await rowOf(page, addressOf(1)).waitFor();
    admin.cluster.update(addressOf(1), "renamed", { colour: "blue" });
    await rowOf(page, addressOf(1)).filter({ hasText: "renamed" }).getByText("colour").waitFor();
    admin.cluster.fail(addressOf(2));
    await rowOf(page, addressOf(2)).getByText("Failed").waitFor();
    admin.cluster.leave(addressOf(3));
    await rowOf(page, addressOf(3)).getByText("Left").waitFor();
    await expect.poll(() => page.locator(".count.is-live").textContent()).toBe("10Live");
  });

  test("are searched, filtered by status, and sorted", async () => {
    const { page } = opened;
    await rowOf(page, addressOf(1)).waitFor();
    admin.cluster.fail(addressOf(2));
    await page.getByRole("button", { name: "Failed" }).click();
    await page.getByText("1 member", { exact: true }).waitFor();
    await page.getByRole("button", { name: "All" }).click();
    await page.getByRole("searchbox").fill(addressOf(5));
    await page.getByText("1 member", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Round trip" }).click();
    const header = page.getByRole("columnheader", { name: "Round trip" });
    await expect.poll(() => header.getAttribute("aria-sort")).toBe("ascending");
  });
});

test("a member's page tells its record, its history, its watchers and its links", async () => {
  const { page } = opened;
  const address = addressOf(1);
  await rowOf(page, address).getByRole("link").click();
  await page.getByRole("heading", { name: "Record" }).waitFor();
  await page.getByText("it did not answer our probe in time").waitFor();
  const [watcher] = admin.cluster.neighboursOf(address);
  const name = admin.cluster.members.get(watcher ?? "")?.info?.name ?? "";
  await page.locator(".name-list").getByRole("link", { name, exact: true }).waitFor();
  const links = page.getByRole("row").filter({ hasText: /itself|the other/ });
  await expect.poll(() => links.count()).toBe(admin.cluster.neighboursOf(address).length);
});

test("the graph shows members and links, and lets a change spread", async () => {
  const { page } = opened;
  await goToView(page, "Graph");
  await page.getByText(/12 members, [1-9]\d* links/).waitFor();
  const canvas = page.locator(".graph canvas").first();
  const before = await canvas.screenshot();
  admin.cluster.update(addressOf(1), "renamed");
  await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(false);
});

test("a link that works one way only is told in words, in the matrix and in the graph", async () => {
  const { page } = opened;
  const from = addressOf(1);
  const to = admin.cluster.neighboursOf(from)[0] ?? "";
  admin.cluster.cuts.add(`${from} ${to}`);
  await goToView(page, "Reach");
  await page.locator('li[data-trouble="one-way"]').waitFor();
  await expect.poll(() => page.locator('td[data-state="one-way"]').count()).toBe(1);
  await goToView(page, "Graph");
  await page.getByText("1 one way only").waitFor();
});

test("the timeline shows what happened before and after the page was opened", async () => {
  admin.cluster.suspect(addressOf(1));
  const { page, faults } = await openPage(browser, `${admin.url}#/timeline`);
  await page.locator('tr[data-type="suspected"]').waitFor();
  admin.cluster.clear(addressOf(1));
  await page.locator('tr[data-type="cleared"]').waitFor();
  await page.getByRole("button", { name: "Suspected" }).click();
  await expect.poll(() => page.locator('tr[data-type="suspected"]').count()).toBe(0);
  await page.close();
  expect(faults).toEqual([]);
});

test("charts show figures", async () => {
  const { page } = opened;
  await goToView(page, "Charts");
  await expect.poll(() => page.locator(".latest dd").allTextContents()).toContain(String(SIZE));
});
