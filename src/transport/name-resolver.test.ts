import { spawnSync } from "node:child_process";
import { closeSync, constants, open, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { startDnsServer } from "../../test/support/dns-server.js";
import { eventually } from "../../test/support/eventually.js";
import { testFolder } from "../../test/support/folder.js";
import { TestNames } from "../../test/support/test-names.js";
import { useFakeTimers } from "../../test/transport/fake-timers.js";
import { DnsQueries, type NameAnswer, NameResolver } from "./name-resolver.js";

const MAX_LOOKUPS = 64;
/** As many as Node has unless told otherwise, and some more. */
const POOL = 8;

function answerOf(resolver: NameResolver, name: string): Promise<NameAnswer> {
  return new Promise((resolve) => resolver.lookup(name, resolve));
}

/** Real DNS at that server, and files that have these names to ask for. */
function resolverAt(server: string, candidates = (name: string) => [name]): NameResolver {
  return new NameResolver({
    files: { addressesOf: () => [], candidatesOf: candidates },
    newQueries: () => new DnsQueries([server]),
  });
}

describe("a name", () => {
  test("that the hosts file has is not asked for", async () => {
    const names = new TestNames({ one: ["fd00::1", "fd00::2", "10.0.0.1"] });
    expect(await answerOf(names.resolver, "one")).toEqual({
      type: "found",
      addresses: ["10.0.0.1", "fd00::1", "fd00::2"],
    });
    expect(names.lookups).toEqual([]);
  });

  test.each(["localhost", "LOCALHOST.", "a.localhost"])("%s is this machine", async (name) => {
    const names = new TestNames();
    const addresses = ["127.0.0.1", "::1"];
    expect(await answerOf(names.resolver, name)).toEqual({ type: "found", addresses });
  });

  test("has its addresses of both families, in turns", async () => {
    const addresses = { 4: ["10.0.0.1", "10.0.0.2"], 6: ["fd00::1"] };
    const server = await startDnsServer((name, family) =>
      name === "one" ? addresses[family] : [],
    );
    expect(await answerOf(resolverAt(server), "one")).toEqual({
      type: "found",
      addresses: ["10.0.0.1", "fd00::1", "10.0.0.2"],
    });
  });

  test("is asked for with the domains of the search list, until there is an address", async () => {
    const asked = new Set<string>();
    const server = await startDnsServer((name, family) => {
      asked.add(name);
      return name === "one.b" && family === 4 ? ["10.0.0.1"] : [];
    });
    const resolver = resolverAt(server, (name) => [`${name}.a`, `${name}.b`, name]);
    expect(await answerOf(resolver, "one")).toMatchObject({ addresses: ["10.0.0.1"] });
    expect([...asked]).toEqual(["one.a", "one.b"]);
  });

  test("that nobody has is not found", async () => {
    const server = await startDnsServer(() => []);
    const answer = await answerOf(resolverAt(server), "one");
    expect(answer).toMatchObject({ type: "failed", error: { code: "ENOTFOUND" } });
  });

  test("has the addresses of one family where the server says nothing of the other", async () => {
    const server = await startDnsServer((_name, family) =>
      family === 4 ? ["10.0.0.1"] : undefined,
    );
    expect(await answerOf(resolverAt(server), "one")).toMatchObject({ addresses: ["10.0.0.1"] });
  });

  test("is looked up though others have taken all threads that the process shares", async () => {
    const pipe = join(testFolder(), "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    let opened = 0;
    const opening = Array.from({ length: POOL }, () => {
      return new Promise<void>((resolve, reject) => {
        open(pipe, constants.O_RDONLY, (error, file) => {
          if (error !== null) return reject(error);
          opened += 1;
          closeSync(file);
          resolve();
        });
      });
    });
    const server = await startDnsServer((_name, family) => (family === 4 ? ["10.0.0.1"] : []));
    const resolver = resolverAt(server);
    expect(await answerOf(resolver, "one")).toMatchObject({ addresses: ["10.0.0.1"] });
    expect(await answerOf(new NameResolver(), "localhost")).toMatchObject({ type: "found" });
    expect(opened).toBe(0);
    // Whoever opens it to write lets them go.
    const writer = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    await Promise.all(opening);
    closeSync(writer);
  });
});

describe("a look-up", () => {
  test("that takes longer than it may has failed, and is called off", () => {
    useFakeTimers();
    const names = new TestNames();
    const onEnd = vi.fn();
    names.resolver.lookup("one", onEnd);
    vi.advanceTimersByTime(9_999);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledWith({
      type: "failed",
      error: expect.objectContaining({ code: "ETIMEOUT" }),
    });
    expect(names.lookups[0]?.isCancelled).toBe(true);
  });

  test("waits 500 ms for the other family", () => {
    useFakeTimers();
    const names = new TestNames();
    const onEnd = vi.fn();
    names.resolver.lookup("one", onEnd);
    names.lookups[0]?.onEnds.get(6)?.(["fd00::1"], undefined);
    vi.advanceTimersByTime(499);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledWith({ type: "found", addresses: ["fd00::1"] });
  });

  test("that is called off tells nothing, whenever its answer comes", async () => {
    const names = new TestNames({ two: ["10.0.0.2"] });
    const onEnd = vi.fn();
    const cancel = names.resolver.lookup("one", onEnd);
    names.resolver.lookup("two", onEnd)();
    cancel();
    expect(names.lookups[0]?.isCancelled).toBe(true);
    await names.find("10.0.0.1");
    await Promise.resolve();
    expect(onEnd).not.toHaveBeenCalled();
  });

  test("waits while there are as many as may be, unless the hosts file answers it", async () => {
    const names = new TestNames({ local: ["10.0.0.1"] });
    const ended: string[] = [];
    for (let count = 0; count <= MAX_LOOKUPS; count += 1) {
      names.resolver.lookup(`name${count}`, () => ended.push(`name${count}`));
    }
    names.resolver.lookup("local", () => ended.push("local"));
    await eventually(() => expect(ended).toEqual(["local"]));
    expect(names.lookups).toHaveLength(MAX_LOOKUPS);
    await names.find("10.0.0.2");
    expect(ended).toEqual(["local", "name0"]);
    expect(names.lookups.at(-1)?.name).toBe(`name${MAX_LOOKUPS}`);
  });

  test("of a resolver that is closed ends without a word, also one that waits", async () => {
    const names = new TestNames();
    const onEnd = vi.fn();
    for (let count = 0; count <= MAX_LOOKUPS; count += 1) names.resolver.lookup("one", onEnd);
    names.resolver.close();
    expect(names.lookups.every(({ isCancelled }) => isCancelled)).toBe(true);
    expect(names.lookups).toHaveLength(MAX_LOOKUPS);
    await names.find("10.0.0.1");
    expect(onEnd).not.toHaveBeenCalled();
  });
});
