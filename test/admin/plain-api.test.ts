// What can be read with curl: JSON by GET and by POST, streams as lines of JSON and as events.

import type { Admin } from "gossip/admin";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { startCluster } from "../support/peers.js";
import { serve, startAgent } from "./clients.js";

const SERVICE = "gossip.admin.v1.AdminService";

describe("JSON", () => {
  test("a method is called by POST with a JSON body", async () => {
    const { peer, admin } = await startAgent({ name: "a" });
    const response = await fetch(`${admin.url}/${SERVICE}/SetInfo`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "b", metadata: { zone: { text: "x" } } }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      info: { name: "b", metadata: { zone: { text: "x" } } },
    });
    expect(peer.info).toEqual({ name: "b", metadata: { zone: "x" } });
  });

  test("a read is called by GET, as the Connect protocol has it", async () => {
    const { peer, admin } = await startAgent();
    const query = new URLSearchParams({ encoding: "json", message: "{}" });
    const response = await fetch(`${admin.url}/${SERVICE}/GetInfo?${query}`);
    expect(await response.json()).toMatchObject({ address: peer.address });
  });

  test("what acts cannot be called by GET", async () => {
    const { admin } = await startAgent();
    const query = new URLSearchParams({ encoding: "json", message: "{}" });
    const response = await fetch(`${admin.url}/${SERVICE}/Leave?${query}`);
    expect(response.status).toBe(405);
  });

  test.each([
    ["members", ["members", "counts"]],
    ["info", ["address", "info"]],
    ["stats", ["figures"]],
    ["links", ["address"]],
    ["health", ["joined", "startedAt", "version", "runtime", "counts"]],
  ])("GET /v1/%s", async (path, keys) => {
    const { admin } = await startAgent({ name: "a" });
    const response = await fetch(`${admin.url}/v1/${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(Object.keys((await response.json()) as object)).toEqual(expect.arrayContaining(keys));
  });

  test("the query names fields of the request", async () => {
    const [first] = await startCluster(3);
    const admin = await serve(first);
    const named = await getJson(admin, "/v1/members?contains=peer1&statuses=live&statuses=LEFT");
    expect(named).toMatchObject({ members: [{ info: { name: "peer1" } }], counts: { live: 3 } });
    const limited = await getJson(admin, "/v1/members?limit=2");
    expect((limited as { members: unknown[] }).members).toHaveLength(2);
  });

  test.each([
    ["/v1/members?bogus=1", /is no parameter of this path: there are statuses, contains, limit/],
    ["/v1/members?limit=many", /the query cannot be read/],
    ["/v1/members?statuses=asleep", /the query cannot be read/],
    ["/v1/info?x=1", /none is taken here/],
  ])("GET %s is refused, with the reason", async (path, reason) => {
    const { admin } = await startAgent();
    const response = await fetch(admin.url + path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(reason),
    });
  });

  test("a peer whose seeds do not answer is not healthy", async () => {
    const { admin } = await startAgent({ seeds: ["127.0.0.1:1"] });
    const response = await fetch(`${admin.url}/v1/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).not.toHaveProperty("joined");
  });

  test("what acts is not among the paths, and no path takes a POST", async () => {
    const { admin } = await startAgent();
    expect((await fetch(`${admin.url}/v1/leave`)).status).toBe(404);
    expect((await fetch(`${admin.url}/v1/members`, { method: "POST" })).status).toBe(405);
  });
});

describe("streams", () => {
  test("events come as lines of JSON", async () => {
    const { peer, admin } = await startAgent({ name: "a" });
    const stream = await follow(admin, "/v1/events");
    expect(stream.contentType).toBe("application/x-ndjson");
    peer.updateInfo({ name: "b" });
    const line = await stream.until((text) => text.includes("\n"));
    const { event, cursor } = JSON.parse(line) as { event: object; cursor: string };
    expect(event).toMatchObject({ type: "EVENT_TYPE_UPDATED", member: { info: { name: "b" } } });
    peer.updateInfo({ name: "c" });
    await stream.until((text) => text.split("\n").length > 2);
    const resumed = await follow(admin, `/v1/events?cursor=${cursor}`);
    expect(JSON.parse(await resumed.until((text) => text.includes("\n")))).toMatchObject({
      event: { type: "EVENT_TYPE_UPDATED", member: { info: { name: "c" } } },
    });
  });

  test("members come as server-sent events, which a browser resumes by their id", async () => {
    const { peer, admin } = await startAgent({ name: "a" });
    const accept = { Accept: "text/event-stream" };
    const stream = await follow(admin, "/v1/members/watch", accept);
    expect(stream.contentType).toBe("text/event-stream");
    const first = await stream.until((text) => text.includes("\n\n"));
    const [, id = "", data = ""] = /^id: (.*)\ndata: (.*)\n\n$/.exec(first) ?? [];
    expect(JSON.parse(data)).toMatchObject({ snapshot: { members: [{ info: { name: "a" } }] } });
    peer.updateInfo({ name: "b" });
    const back = await follow(admin, "/v1/members/watch", { ...accept, "Last-Event-ID": id });
    const resumed = await back.until((text) => text.includes("\n\n"));
    expect(JSON.parse(resumed.split("data: ")[1] ?? "")).toMatchObject({
      changes: { members: [{ info: { name: "b" } }] },
    });
  });

  test("a stream ends when the service does", async () => {
    const { admin } = await startAgent();
    const stream = await follow(admin, "/v1/events");
    await admin.close();
    await expect(stream.ended).resolves.toBeUndefined();
  });
});

async function getJson({ url }: Admin, path: string): Promise<unknown> {
  return (await fetch(url + path)).json();
}

/** Reads a stream as text, as it comes. */
async function follow({ url }: Admin, path: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(url + path, { headers, signal: abort.signal });
  let text = "";
  const ended = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array);
  })();
  // A test that ends breaks it off.
  ended.catch(() => {});
  return {
    contentType: response.headers.get("content-type"),
    ended,
    until: (isEnough: (text: string) => boolean): Promise<string> =>
      eventually(() => {
        expect(isEnough(text), text).toBe(true);
        return text;
      }),
  };
}
