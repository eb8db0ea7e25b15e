// The browser that the page is tested in: one that is installed on this machine, never a download.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The path of a Chromium: CHROMIUM in the environment, or where it usually is. */
export function findBrowser(): string | undefined {
  const chosen = process.env["CHROMIUM"];
  return [...(chosen === undefined ? [] : [chosen]), ...PLACES].find((path) => existsSync(path));
}

/** Starts it without a window. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error("no Chromium here: install it, or name it in the variable CHROMIUM");
  }
  // The sandbox needs rights that containers lack; only pages of this repository are opened.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
