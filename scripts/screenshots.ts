// `npm run screenshots`: makes the pictures of docs/images anew, of a made-up cluster in which
// something happens.

import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../test/browser/support/browser.js";
import { type MockAdmin, startMockAdmin } from "../test/browser/support/mock-admin.js";
import { addressOf, type MockCluster } from "../test/browser/support/mock-cluster.js";

const FOLDER = "docs/images";
const SIZE = 20;
const WIDTH = 1_200;
const HEIGHT = 750;
const PHONE = { width: 390, height: 780 };
/** So that a spark is on its second hop when the picture is taken. */
const SPARK_MS = 620;
/** So that the lines of the charts have a length. */
const CHARTS_MS = 75_000;

interface Picture {
  readonly name: string;
  readonly view: string;
  readonly isDark?: boolean;
  readonly isPhone?: boolean;
  /** What stands in the view once it has its content. */
  readonly ready: string;
  /** Called once the view is there, before the picture is taken. */
  stage?(page: Page, cluster: MockCluster): Promise<void>;
}

async function letSpread(page: Page, cluster: MockCluster): Promise<void> {
  await page.getByText(/[1-9]\d links/).waitFor();
  // The members have to have come to rest at their places.
  await sleep(2_000);
  cluster.update(addressOf(7), "search-7", { release: "2026.11" });
  await sleep(SPARK_MS);
}

const PICTURES: readonly Picture[] = [
  { name: "members", view: "members", ready: "tr[data-address]" },
  { name: "graph", view: "graph", ready: ".graph canvas", isDark: true, stage: letSpread },
  {
    name: "member",
    view: `member/${encodeURIComponent(addressOf(7))}`,
    ready: ".history li",
  },
  { name: "reach", view: "reach", ready: "td[data-state=one-way]" },
  { name: "timeline", view: "timeline", ready: "tr[data-type]" },
  { name: "charts", view: "charts", ready: ".plot canvas", stage: () => sleep(CHARTS_MS) },
  { name: "phone", view: "members", ready: "tr[data-address]", isPhone: true, isDark: true },
];

/** What happened before the pictures: enough for each status and each kind of event to be seen. */
async function play(cluster: MockCluster): Promise<void> {
  const steps: (() => void)[] = [
    () => cluster.update(addressOf(2), "web-2", { release: "2026.11" }),
    () => cluster.suspect(addressOf(9)),
    () => cluster.clear(addressOf(9)),
    () => cluster.suspect(addressOf(4)),
    () => cluster.fail(addressOf(4)),
    () => cluster.leave(addressOf(12)),
    () => cluster.update(addressOf(5), "store-5", { release: "2026.11" }),
    () => cluster.fail(addressOf(16)),
    () => cluster.rejoin(addressOf(16)),
    () => cluster.update(addressOf(11), "queue-11", { release: "2026.11" }),
    () => cluster.suspect(addressOf(14)),
  ];
  for (const step of steps) {
    step();
    await sleep(1_500);
  }
}

async function take(browser: Browser, admin: MockAdmin, picture: Picture): Promise<void> {
  const { name, view, ready, isDark = false, isPhone = false } = picture;
  const page = await browser.newPage({
    colorScheme: isDark ? "dark" : "light",
    viewport: isPhone ? PHONE : { width: WIDTH, height: HEIGHT },
  });
  await page.goto(`${admin.url}#/${view}`);
  await page.locator(ready).first().waitFor();
  await picture.stage?.(page, admin.cluster);
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: "disabled" });
  await page.close();
  console.log(`${FOLDER}/${name}.png`);
}

mkdirSync(FOLDER, { recursive: true });
const admin = await startMockAdmin(SIZE);
const browser = await launchBrowser();
try {
  const from = addressOf(1);
  const to = admin.cluster.neighboursOf(from).at(-1) ?? "";
  admin.cluster.cuts.add(`${from} ${to}`);
  await play(admin.cluster);
  for (const picture of PICTURES) await take(browser, admin, picture);
} finally {
  await browser.close();
  await admin.stop();
}
