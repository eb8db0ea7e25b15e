// `npm run test:browser`: the tests of the dashboard, in a browser that is installed here. Where there
// is none, it says how to get one, and passes: it downloads nothing.

import { spawnSync } from "node:child_process";
import { findBrowser } from "../test/browser/support/browser.js";

const browser = findBrowser();
if (browser === undefined) {
  console.log(
    "SKIPPED: the tests of the dashboard need a Chromium, and there is none here. Install one, such " +
      "as with `apt-get install chromium`, or name one in the variable CHROMIUM.",
  );
} else {
  console.log(`The dashboard is tested in ${browser}.`);
  const config = ["run", "--config", "test/browser/vitest.config.ts", ...process.argv.slice(2)];
  const { status } = spawnSync("npx", ["vitest", ...config], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
