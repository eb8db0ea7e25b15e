// The page, opened in the browser, together with what must never happen in it.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** An opened page. */
export interface OpenPage {
  readonly page: Page;
  /** Errors in the console, exceptions, and requests to anyone but the agent. */
  readonly faults: string[];
}

/** Opens the page that is served at `url`, and keeps account of what goes wrong in it. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage(options);
  const faults: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== new URL(url).origin) faults.push(`a request to ${origin}`);
  });
  await page.goto(url);
  return { page, faults };
}

/** Goes to a view by the navigation, as a person does. */
export async function goToView(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** The row of a member in the table. */
export function rowOf(page: Page, name: string) {
  return page.locator("table.members tbody tr").filter({ hasText: name });
}
