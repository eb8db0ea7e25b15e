// The page at `/`: what is served of it, with which headers, and that nothing else of the disk is.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DashboardFiles } from "../../src/admin/dashboard-files.js";
import { startAgent } from "./clients.js";

test("the page is served with its type, to be asked for anew, and with a strict policy", async () => {
  const url = await servePage();
  for (const path of ["/", "/index.html"]) {
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("<p>page</p>");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "content-security-policy": expect.stringMatching(/^default-src 'self';/),
    });
  }
});

test("what has a hash in its name is kept for good", async () => {
  const url = await servePage();
  const response = await fetch(`${url}/assets/index-abc.js`);
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});

test("what the browser holds already is not sent again", async () => {
  const url = await servePage();
  const etag = (await fetch(url)).headers.get("etag") ?? "";
  const again = await fetch(url, { headers: { "If-None-Match": `"other", ${etag}` } });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  const other = await fetch(url, { headers: { "If-None-Match": '"other"' } });
  expect(other.status).toBe(200);
});

test.each([
  "/../secret.txt",
  "/assets/../../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/..\\secret.txt",
  "//secret.txt",
  "/assets",
  "/assets/",
  "/index.html/",
  "/%00",
  "/%",
])("%s is not served", async (path) => {
  const url = await servePage();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    // Not fetch, which would put the path in order.
    request(url, { path, agent: false }, resolve).once("error", reject).end();
  });
  response.resume();
  expect(response.statusCode).toBe(404);
});

test("a page that is not built says how to build it", async () => {
  const url = await serve(new DashboardFiles(join(tmpdir(), "gossip-no-such-page")));
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await response.text()).toMatch(/npm run build/);
});

test("the admin service has a page at /", async () => {
  const { admin } = await startAgent();
  const response = await fetch(admin.url);
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/<title>gossip<\/title>/);
  expect((await fetch(`${admin.url}/nothing-here`)).status).toBe(404);
  expect((await fetch(admin.url, { method: "POST" })).status).toBe(404);
});

/** A page beside a secret; gives where it is served. */
async function servePage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gossip-page-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "page", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "page", "index.html"), "<p>page</p>");
  await writeFile(join(folder, "page", "assets", "index-abc.js"), "0;");
  return serve(new DashboardFiles(join(folder, "page")));
}

async function serve(files: DashboardFiles): Promise<string> {
  const server = createServer((incoming, response) => {
    if (!files.handle(incoming.url ?? "", incoming, response)) response.writeHead(404).end();
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === "object" ? bound?.port : bound}`;
}
