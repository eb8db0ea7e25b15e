// What a new user sees first: `npm run demo`, and its page as the story plays.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { launchBrowser } from "./support/browser.js";
import { goToView, openPage, rowOf } from "./support/open-page.js";

/** Half a minute where nothing else runs: six processes start, and the story has its pauses. */
const BOUND_MS = 240_000;
/** Makes the pipe look like a terminal, on which the story repeats until it is ended. */
const TERMINAL = `data:text/javascript,${encodeURIComponent("process.stdout.isTTY = true;")}`;

test(
  "the demo's first line leads to a page on which the story plays, with no error in the console",
  async () => {
    const demo = spawn("npm", ["run", "--silent", "demo"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, CI: "", NODE_OPTIONS: `--import ${TERMINAL}` },
      // Ctrl-C reaches all processes of a terminal; so here, all of a group.
      detached: true,
    });
    const ended = once(demo, "exit");
    const browser = await launchBrowser();
    try {
      const [first] = await once(createInterface({ input: demo.stdout }), "line");
      const url = /http:\S+/.exec(String(first))?.[0] ?? expect.fail(`no address in: ${first}`);
      const { page, faults } = await openPage(browser, url);
      page.setDefaultTimeout(BOUND_MS);
      for (const name of ["alice", "bob", "carol", "dave", "erin"]) {
        await rowOf(page, name).getByText("Live").waitFor();
      }
      await rowOf(page, "bob").getByText("release").waitFor();
      await goToView(page, "Graph");
      await page.locator(".graph canvas").waitFor();
      await goToView(page, "Timeline");
      await page.locator('tr[data-type="failed"]').first().waitFor();
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      if (demo.pid !== undefined) process.kill(-demo.pid, "SIGINT");
      await ended;
    }
  },
  BOUND_MS,
);
