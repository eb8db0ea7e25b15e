// An agent that is made up: the admin service of a made-up cluster, and the page, on a port of its own.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { AdminService } from "../../../src/gen/gossip/admin/v1/admin_pb.js";
import { MockCluster } from "./mock-cluster.js";
import { type MockOptions, mockService } from "./mock-service.js";

const PAGE = "dist/dashboard";
/** What an agent sends too: nothing from elsewhere, nothing inline. */
const POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** A made-up agent that serves its page. */
export interface MockAdmin {
  readonly cluster: MockCluster;
  readonly url: string;
  /** Stops to answer, and breaks what is open. */
  stop(): Promise<void>;
  /** Answers again, at the same address. */
  restart(): Promise<void>;
}

/** Starts it with so many members. */
export async function startMockAdmin(
  size: number,
  options: MockOptions = { isReadOnly: false },
): Promise<MockAdmin> {
  const cluster = new MockCluster(size);
  const service = mockService(cluster, options);
  const api = connectNodeAdapter({ routes: (router) => router.service(AdminService, service) });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith(`/${AdminService.typeName}/`) === true) api(request, response);
    else void servePage(request, response);
  };
  let server = await listen(serve, 0);
  const { port } = server.address() as AddressInfo;
  return {
    cluster,
    url: `http://127.0.0.1:${port}/`,
    stop: () => close(server),
    async restart() {
      server = await listen(serve, port);
    },
  };
}

async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  const server = createServer(serve).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://page").pathname;
  const file = join(PAGE, path === "/" ? "index.html" : path);
  response.setHeader("content-security-policy", POLICY);
  try {
    const body = await readFile(file);
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}
