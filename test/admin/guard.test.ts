// Who is answered: requests that name this machine, and come from no web page of elsewhere.

import { request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { Admin } from "gossip/admin";
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "./clients.js";

test.each([
  "localhost",
  "localhost:7980",
  "LOCALHOST:1",
  "localhost.",
  "agent.localhost:7980",
  "127.0.0.1:7980",
  "127.8.8.8",
  "[::1]:7980",
])("the host %s is this machine", async (host) => {
  const { admin } = await startAgent();
  expect(await statusOf(admin, { host })).toBe(200);
});

test.each([
  "gossip.example",
  "localhost.example",
  "127.0.0.1.example:7980",
  "127.0.0.1@gossip.example",
  "10.1.2.3:7980",
  "[::2]:7980",
  "a b",
])("the host %j is refused", async (host) => {
  const { admin } = await startAgent();
  expect(await statusOf(admin, { host })).toBe(403);
});

test("a name that is allowed is answered, whatever the port", async () => {
  const { admin } = await startAgent({}, { allowedHosts: ["Gossip.Example", "[fd00::7]"] });
  expect(await statusOf(admin, { host: "gossip.example:8443" })).toBe(200);
  expect(await statusOf(admin, { host: "[fd00::7]:7980" })).toBe(200);
  expect(await statusOf(admin, { host: "other.example" })).toBe(403);
});

test("a page of its own may ask, one of elsewhere may not", async () => {
  const { admin } = await startAgent();
  const host = admin.address;
  expect(await statusOf(admin, { host, origin: `http://${host}` })).toBe(200);
  for (const origin of [
    "http://gossip.example",
    "null",
    "http://127.0.0.1:1",
    `http://${host}.x`,
  ]) {
    expect(await statusOf(admin, { host, origin }), origin).toBe(403);
  }
});

test("an image or a script on a page of elsewhere is refused, a link is not", async () => {
  const { admin } = await startAgent();
  const host = admin.address;
  const from = (site: string, mode: string) =>
    statusOf(admin, { host, "sec-fetch-site": site, "sec-fetch-mode": mode });
  expect(await from("cross-site", "no-cors")).toBe(403);
  expect(await from("same-site", "no-cors")).toBe(403);
  expect(await from("cross-site", "navigate")).toBe(200);
  expect(await from("same-origin", "cors")).toBe(200);
  expect(await from("none", "navigate")).toBe(200);
});

test("the same holds for HTTP/2", async () => {
  const { admin } = await startAgent();
  const session = connectHttp2(admin.url);
  onTestFinished(() => session.destroy());
  const statusBy = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve) => {
      const stream = session.request({ ":path": "/v1/info", ...headers });
      stream.once("response", (answer) => resolve(answer[":status"]));
      stream.resume();
    });
  expect(await statusBy({})).toBe(200);
  expect(await statusBy({ ":authority": "gossip.example" })).toBe(403);
  expect(await statusBy({ origin: "http://gossip.example" })).toBe(403);
});

test("what acts is guarded too", async () => {
  const { peer, admin } = await startAgent({ name: "a" });
  const response = await fetch(`${admin.url}/gossip.admin.v1.AdminService/SetInfo`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: "http://gossip.example" },
    body: JSON.stringify({ name: "b" }),
  });
  expect(response.status).toBe(403);
  expect(peer.info.name).toBe("a");
});

/** The status of a read with these headers, of which fetch would not let us set all. */
function statusOf({ url }: Admin, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/info`, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
}
