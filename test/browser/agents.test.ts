// The page as a real agent serves it, before real clusters.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAgent, type TestAgent } from "../support/agent.js";
import { launchBrowser } from "./support/browser.js";
import { goToView, openPage, rowOf } from "./support/open-page.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

const FAST = ["--ping-period", "200ms"];

/** An agent that joins through `seed`, if one is given. */
function start(name: string, seed?: TestAgent): Promise<TestAgent> {
  return startAgent([
    "--name",
    name,
    ...(seed === undefined ? [] : ["--seed", seed.address]),
    ...FAST,
  ]);
}

function pageOf({ admin }: TestAgent): string {
  return `http://${admin}/`;
}

/** Waits until the table lists so many members that live. */
async function seesLive(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => page.locator(".count.is-live .count-number").textContent(), { timeout: 20_000 })
    .toBe(String(count));
}

test("members appear; an update and a crash show; links, reach and figures are there; no errors", async () => {
  await using first = await start("anna");
  await using second = await start("bo", first);
  await using third = await start("cleo", first);
  const { page, faults } = await openPage(browser, pageOf(first));
  await seesLive(page, 3);
  await rowOf(page, "cleo").getByText(third.address).waitFor();

  const answer = await fetch(`http://${second.admin}/gossip.admin.v1.AdminService/SetInfo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "bertha", metadata: { zone: { text: "oslo" } } }),
  });
  expect(answer.status).toBe(200);
  await rowOf(page, "bertha").getByText("oslo").waitFor();

  await goToView(page, "Graph");
  await page.getByText("3 members, 3 links").waitFor();
  await goToView(page, "Reach");
  await page.getByText("All 3 links work in both directions").waitFor();
  await goToView(page, "Charts");
  await page.getByRole("heading", { name: "CPU" }).waitFor();

  await goToView(page, "Members");
  third.signal("SIGKILL");
  await rowOf(page, "cleo").getByText("Failed").waitFor();
  await rowOf(page, "cleo").getByRole("link").click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  await page.locator(".history li").first().waitFor();
  await goToView(page, "Timeline");
  await page.locator('tr[data-type="failed"]').getByText("cleo").waitFor();
  await page.locator('tr[data-type="updated"]').getByText("bertha").waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test("actions work: set the info, join another cluster, forget, leave", async () => {
  await using first = await start("dora");
  await using second = await start("emil", first);
  await using other = await start("frida");
  const { page, faults } = await openPage(browser, pageOf(first));
  await seesLive(page, 2);

  await page.getByRole("button", { name: "Set info" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("diana");
  await page.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
  await rowOf(page, "diana").waitFor();

  await page.getByRole("button", { name: "Join" }).click();
  await page.getByLabel("Seeds").fill(other.address);
  await page.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await page.getByText(`${other.address} answered`).waitFor();
  await seesLive(page, 3);

  second.signal("SIGKILL");
  await rowOf(page, "emil").getByText("Failed").waitFor();
  await rowOf(page, "emil").getByRole("link").click();
  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await page.getByRole("heading", { level: 1, name: "Members" }).waitFor();
  await rowOf(page, "emil").waitFor({ state: "detached" });
  expect(faults).toEqual([]);

  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  expect(await first.ended()).toBe(0);
  await page.getByText("The agent does not answer.").waitFor();
  await page.close();
});

test("an agent that is read-only offers no action", async () => {
  await using agent = await startAgent(["--name", "gustav", "--read-only"]);
  const { page, faults } = await openPage(browser, pageOf(agent));
  await page.getByText("Read-only").waitFor();
  await rowOf(page, "gustav").waitFor();
  for (const name of ["Set info", "Join", "Leave"]) {
    expect(await page.getByRole("button", { name }).count()).toBe(0);
  }
  expect(faults).toEqual([]);
  await page.close();
});
