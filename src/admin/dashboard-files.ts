// The dashboard: a static page, served at `/`. It is read whole when it is first asked for, so that no
// later request touches the disk, and a page that is being built anew is never served in halves. What
// cannot be read now is tried again when it is next asked for.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Responder } from "./http-handler.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";

/** Where the build puts the page; this file is in src/admin or in dist/admin. */
const BUILT_PAGE = fileURLToPath(new URL("../../dist/dashboard", import.meta.url));
/** Files with a hash of their content in the name, which never change. */
const HASHED = "/assets/";
/** Nothing of elsewhere, nothing inline, and the page within no other. */
const SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>gossip</title>
<h1>The dashboard is not built</h1>
<p>Run <code>npm run build</code> where the package is, and start the agent anew.</p>
<p>The API works without it: see <a href="/v1/members">/v1/members</a>,
<a href="/v1/health">/v1/health</a> and <a href="/metrics">/metrics</a>.</p>
</html>
`;

interface PageFile {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
}

/** Serves the files of the page, and nothing else of the disk. */
export class DashboardFiles implements Responder {
  readonly #folder: string;
  #files: ReadonlyMap<string, PageFile> | undefined;

  constructor(folder = BUILT_PAGE) {
    this.#folder = folder;
  }

  /** Answers where there is such a file; false where there is none. */
  handle(path: string, { method, headers }: AdminRequest, response: AdminResponse): boolean {
    if (method !== "GET" && method !== "HEAD") return false;
    this.#files ??= readPage(this.#folder);
    const file = this.#files.get(path);
    if (file === undefined) return false;
    const { body, contentType, cacheControl, etag } = file;
    const isHeld = headers["if-none-match"]?.split(/\s*,\s*/).includes(etag) === true;
    response.writeHead(isHeld ? 304 : 200, {
      ETag: etag,
      "Cache-Control": cacheControl,
      "Content-Security-Policy": SECURITY_POLICY,
      ...(!isHeld && { "Content-Type": contentType, "Content-Length": body.length }),
    });
    // Of HEAD too: Node leaves the body out there.
    if (isHeld) response.end();
    else response.end(body);
    return true;
  }
}

/** The files by the path at which they are served. */
function readPage(folder: string): ReadonlyMap<string, PageFile> {
  const index = join(folder, "index.html");
  if (!existsSync(index)) return new Map([["/", pageFile("/index.html", Buffer.from(NOT_BUILT))]]);
  const files = new Map([["/", pageFile("/index.html", readFileSync(index))]]);
  for (const file of filesBelow(folder)) {
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    files.set(path, pageFile(path, readFileSync(file)));
  }
  return files;
}

/** Folder by folder: what Node tells of where an entry is differs between its versions. */
function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function pageFile(path: string, body: Buffer): PageFile {
  const hash = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  const isHashed = path.startsWith(HASHED);
  return {
    body,
    contentType: CONTENT_TYPES[extname(path)] ?? "application/octet-stream",
    cacheControl: isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    etag: `"${hash}"`,
  };
}
