import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { httpCheck } from "./http-check.js";
import type { CheckResult } from "./service-health.js";

/** What the check finds at a server that answers so. */
async function checkOf(listener: RequestListener, signal?: AbortSignal): Promise<CheckResult> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const check = httpCheck(`http://127.0.0.1:${port}/health?deep=1`);
  const result = await check(signal ?? new AbortController().signal);
  server.close().closeAllConnections();
  return result;
}

describe("a check by HTTP", () => {
  test("passes with a status of 200 to 299, and asks for what the URL says", async () => {
    let asked = "";
    const result = await checkOf((request, response) => {
      asked = `${request.method} ${request.url}`;
      response.writeHead(204).end();
    });
    expect(result).toEqual({ type: "passing" });
    expect(asked).toBe("GET /health?deep=1");
  });

  test.each([302, 404, 503])("fails with a status of %i", async (status) => {
    const result = await checkOf((_request, response) => {
      response.writeHead(status, { location: "/elsewhere" }).end("text");
    });
    expect(result).toEqual({ type: "failing", reason: `HTTP ${status}` });
  });

  test("does not read a body that has no end", async () => {
    const result = await checkOf((_request, response) => {
      response.writeHead(200).write("x");
    });
    expect(result).toEqual({ type: "passing" });
  });

  test("fails when nothing listens, when the connection breaks, and when it is ended", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await once(server.close(), "close");
    const { signal } = new AbortController();
    const refused = await httpCheck(`http://127.0.0.1:${port}`)(signal);
    expect(refused).toEqual({ type: "failing", reason: "ECONNREFUSED" });
    const broken = await checkOf((request) => request.socket.destroy());
    expect(broken.type).toBe("failing");
    const ender = new AbortController();
    const ended = await checkOf(() => ender.abort(), ender.signal);
    expect(ended.type).toBe("failing");
  });
});
