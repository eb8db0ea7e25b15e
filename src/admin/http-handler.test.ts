import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { HostGuard } from "./host-guard.js";
import { HttpHandler, type Responder } from "./http-handler.js";
import { sendText } from "./responses.js";

const FINE: Responder = {
  handle(path, _request, response) {
    if (path !== "/fine") return false;
    sendText(response, 200, "fine");
    return true;
  },
};

let logger: RecordingLogger;
let server: Server;

beforeEach(() => {
  logger = new RecordingLogger();
});
afterEach(() => server.close().closeAllConnections());

async function serve(...responders: Responder[]): Promise<string> {
  const handler = new HttpHandler(new HostGuard([]), responders, logger);
  server = createServer((request, response) => handler.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each<[string, Responder["handle"]]>([
  [
    "throws",
    () => {
      throw new Error("no file descriptor is left");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no file descriptor is left"))],
])(
  "a responder that %s ends its request alone, with 500 and a line in the log",
  async (_how, handle) => {
    const url = await serve(FINE, { handle });
    expect((await fetch(`${url}/other`)).status).toBe(500);
    expect(logger.lines).toMatchObject([{ level: "error", fields: { path: "/other" } }]);
    expect(logger.messages[0]).toContain("no file descriptor is left");
    expect((await fetch(`${url}/fine`)).status).toBe(200);
  },
);

test("an answer that breaks off in its midst is cut, so that nobody takes it for whole", async () => {
  const url = await serve({
    async handle(_path, _request, response) {
      response.writeHead(200);
      response.write("half of ");
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error("the rest cannot be read");
    },
  });
  const response = await fetch(url);
  await expect(response.text()).rejects.toThrow();
});
