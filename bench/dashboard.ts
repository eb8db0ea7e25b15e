// `npm run bench:dashboard`: how long the page takes to answer a person, with a thousand members, and
// how many frames a second the graph has while a change spreads. The members are made up.

import { arch, cpus } from "node:os";
import type { Page } from "playwright-core";
import { launchBrowser } from "../test/browser/support/browser.js";
import { type MockAdmin, startMockAdmin } from "../test/browser/support/mock-admin.js";
import { addressOf } from "../test/browser/support/mock-cluster.js";
import { framesASecond, INTERACTIONS, type Interaction, timeOf } from "./dashboard/interactions.js";

const SIZE = 1_000;
const REPEATS = 10;
const AIM_MS = 100;
const UPDATES_A_SECOND = 50;

/** The middle one, and the worst. */
function summary(timesMs: readonly number[]): string {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const worst = sorted.at(-1) ?? Number.NaN;
  const verdict = worst < AIM_MS ? "" : `  over ${AIM_MS} ms`;
  return `median ${middle.toFixed(0).padStart(4)} ms, worst ${worst.toFixed(0).padStart(4)} ms${verdict}`;
}

async function measure(page: Page, { name, view, ready, act }: Interaction): Promise<void> {
  const timesMs: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, view);
    await page.locator(ready).first().waitFor();
    timesMs.push(await timeOf(page, act));
  }
  console.log(`${name.padEnd(44)} ${summary(timesMs)}`);
}

async function measureLoad(page: Page, admin: MockAdmin): Promise<void> {
  const beganMs = performance.now();
  await page.goto(admin.url);
  await page.locator("tr[data-address]").first().waitFor();
  console.log(
    `${"page opened, table shown".padEnd(44)} ${Math.round(performance.now() - beganMs)} ms`,
  );
}

/** Changes members one after another, as a busy cluster does, until the function it gives is called. */
function keepChanging(admin: MockAdmin): () => void {
  let turn = 0;
  const timer = setInterval(() => {
    turn++;
    admin.cluster.update(addressOf(1 + (turn % (SIZE - 1))), `busy-${turn}`);
  }, 1_000 / UPDATES_A_SECOND);
  return () => clearInterval(timer);
}

async function measureGraph(page: Page, admin: MockAdmin): Promise<void> {
  await page.evaluate(() => {
    location.hash = "#/graph";
  });
  await page.getByText(/1,000 members, [34],\d{3} links/).waitFor();
  const spreading = setInterval(() => admin.cluster.update(addressOf(3), "spreading"), 500);
  console.log(
    `${"graph, frames a second while changes spread".padEnd(44)} ${await framesASecond(page)}`,
  );
  clearInterval(spreading);
}

const admin = await startMockAdmin(SIZE);
const browser = await launchBrowser();
try {
  console.log(`${SIZE} members, ${cpus()[0]?.model ?? arch()} x ${cpus().length}, no GPU`);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await measureLoad(page, admin);
  for (const interaction of INTERACTIONS) await measure(page, interaction);
  console.log(`while ${UPDATES_A_SECOND} members a second change:`);
  const stop = keepChanging(admin);
  for (const interaction of INTERACTIONS) await measure(page, interaction);
  stop();
  await measureGraph(page, admin);
} finally {
  await browser.close();
  await admin.stop();
}
