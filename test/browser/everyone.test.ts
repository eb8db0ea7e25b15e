import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { type MockAdmin, startMockAdmin } from "./support/mock-admin.js";
import { addressOf } from "./support/mock-cluster.js";
import { openPage, rowOf } from "./support/open-page.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const MEMBER = `member/${encodeURIComponent(addressOf(1))}`;

/** Each view, and what stands in it once it has its content. */
const VIEWS = [
  ["members", "table.members tbody tr[data-address]"],
  ["graph", ".graph canvas"],
  ["reach", "td[data-state=one-way]"],
  ["timeline", "tr[data-type]"],
  ["charts", ".plot canvas"],
  [MEMBER, ".history li"],
] as const;

let browser: Browser;
let admin: MockAdmin;

beforeAll(async () => {
  browser = await launchBrowser();
  admin = await startMockAdmin(12);
  admin.cluster.suspect(addressOf(2));
  admin.cluster.fail(addressOf(3));
  admin.cluster.leave(addressOf(4));
  const to = admin.cluster.neighboursOf(addressOf(1)).find((address) => address > addressOf(4));
  admin.cluster.cuts.add(`${addressOf(1)} ${to}`);
});

afterAll(async () => {
  await browser.close();
  await admin.stop();
});

/** What axe-core finds against the rules of WCAG 2.2 AA, one line each. */
async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids scripts from outside; the test runs in a world of its own.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations: found } = await axe.run({ runOnly: tags });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  test.each(VIEWS)("%s breaks no rule of accessibility", async (view, content) => {
    const url = `${admin.url}#/${view}`;
    const { page, faults } = await openPage(browser, url, { colorScheme, viewport: DESK });
    await page.locator(content).first().waitFor();
    const theme = await page.locator("html").getAttribute("data-theme");
    expect(theme).toBe(colorScheme);
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });
});

test.each(VIEWS)("on a phone, %s needs no scrolling sideways", async (view, content) => {
  const url = `${admin.url}#/${view}`;
  const { page } = await openPage(browser, url, { viewport: PHONE, hasTouch: true });
  await page.locator(content).first().waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(PHONE.width);
  await page.close();
});

test("on a phone, an agent can be let leave too", async () => {
  const { page } = await openPage(browser, admin.url, { viewport: PHONE, hasTouch: true });
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.close();
});

test("colours are chosen by a button, and stay chosen", async () => {
  const { page } = await openPage(browser, admin.url, { colorScheme: "light" });
  await page.getByRole("button", { name: "Use dark colours" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Use light colours" }).waitFor();
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await page.close();
});

test("the keyboard alone leads to a member's page: past the navigation, to the table, into a row", async () => {
  const { page } = await openPage(browser, admin.url);
  await rowOf(page, addressOf(0)).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  const link = rowOf(page, addressOf(0)).getByRole("link");
  const isThere = () => link.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 30 && !(await isThere()); presses++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Record" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("gateway");
  await page.close();
});
