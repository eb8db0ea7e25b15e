import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { type MockAdmin, startMockAdmin } from "./support/mock-admin.js";
import { addressOf } from "./support/mock-cluster.js";
import { openPage, rowOf } from "./support/open-page.js";

let browser: Browser;
let admin: MockAdmin | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

afterEach(async () => {
  await admin?.stop();
  admin = undefined;
});

async function open(isReadOnly: boolean, path = "") {
  admin = await startMockAdmin(5, { isReadOnly });
  const { page, faults } = await openPage(browser, admin.url + path);
  await page.getByText("Connected").waitFor();
  return { page, faults, cluster: admin.cluster };
}

test("the info is set by a dialog that changes only what differs", async () => {
  const { page, faults, cluster } = await open(false);
  await page.getByRole("button", { name: "Set info" }).click();
  const dialog = page.getByRole("dialog", { name: "Set the info" });
  await dialog.getByLabel("Name").fill("new-name");
  await dialog.getByRole("button", { name: "Remove role" }).click();
  await dialog.getByLabel("Value of zone").fill("bergen");
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await rowOf(page, "new-name").getByText("bergen").waitFor();
  const info = cluster.members.get(addressOf(0))?.info;
  expect(Object.keys(info?.metadata ?? {})).toEqual(["zone"]);
  expect(faults).toEqual([]);
});

test("Escape closes a dialog, nothing is done, and the focus goes back", async () => {
  const { page, cluster } = await open(false);
  const button = page.getByRole("button", { name: "Set info" });
  await button.click();
  await page.getByRole("dialog").getByLabel("Name").fill("never");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(cluster.members.get(addressOf(0))?.info?.name).toBe("gateway");
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("a member that failed is forgotten after a question; one that lives cannot be", async () => {
  const { page, cluster } = await open(false, `#/member/${encodeURIComponent(addressOf(2))}`);
  await page.getByRole("heading", { name: "Record" }).waitFor();
  expect(await page.getByRole("button", { name: "Forget" }).count()).toBe(0);
  cluster.fail(addressOf(2));
  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await page.getByRole("heading", { level: 1, name: "Members" }).waitFor();
  expect(cluster.members.has(addressOf(2))).toBe(false);
});

test("seeds that do not answer are told of", async () => {
  const { page } = await open(false);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByLabel("Seeds").fill("10.9.9.9:7946");
  await page.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await page.getByText("10.9.9.9:7946 did not answer: no answer").waitFor();
});

test("an agent that is read-only is shown as such, and offers no action", async () => {
  const { page } = await open(true, `#/member/${encodeURIComponent(addressOf(0))}`);
  await page.getByText("Read-only").waitFor();
  await page.getByRole("heading", { name: "Record" }).waitFor();
  for (const name of ["Set info", "Join", "Leave", "Forget"]) {
    expect(await page.getByRole("button", { name }).count()).toBe(0);
  }
});
