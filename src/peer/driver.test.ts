// A peer of the seed's rule on a network in memory, with a resolver and a clock of the test's own: what the driver
// does with look-ups, log lines and calls, without a socket.

import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { errorCodeOf, errorOf, expectAllSeeAll } from "../../test/support/peers.js";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { GossipError } from "../core/errors.js";
import { MemoryNetwork, MemoryTransport } from "../transport/memory.js";
import type { CallHandler } from "../transport/transport.js";
import { NativeCodec } from "../wire/native-dialect.js";
import { RecordCodec } from "../wire/record-codec.js";
import { PING_METHOD, SHARE_DATA_METHOD } from "../wire/seed-dialect.js";
import { type Environment, realEnvironment } from "./environment.js";
import { type PeerOptions, resolveOptions } from "./options.js";
import { Peer } from "./peer.js";

const PING_PERIOD_MS = 50;

/** Starts a peer in memory that is stopped when the test ends. */
async function startOn(
  network: MemoryNetwork,
  given: PeerOptions,
  outside: Partial<Environment> = {},
): Promise<Peer> {
  const options = resolveOptions({
    pingPeriodMs: PING_PERIOD_MS,
    failureDetection: "immediate",
    ...given,
  });
  const transport = new MemoryTransport(network);
  let handler: CallHandler = () => {};
  const port = await transport.listen({
    address: options.address,
    methods: [PING_METHOD, SHARE_DATA_METHOD],
    handler: (call, respond) => handler(call, respond),
    maxMessages: options.limits.maxRecordsPerCall,
    receiveTimeoutMs: 1_000,
    sendTimeoutMs: 1_000,
  });
  const environment = { ...realEnvironment(transport), ...outside };
  const codec = new RecordCodec(options.limits);
  const nativeCodec = new NativeCodec(options.limits);
  const parts = Peer.startIn({ options, environment, port, codec, nativeCodec });
  handler = parts.handler;
  onTestFinished(() => parts.peer.stop());
  return parts.peer;
}

/** Answers look-ups of one name with what was set last, and counts them. */
class FakeResolver {
  addresses: readonly string[] = [];
  lookups: string[] = [];

  readonly lookup: Environment["lookup"] = (name, onEnd) => {
    this.lookups.push(name);
    // On a later turn, as a real one.
    setImmediate(() => {
      if (this.addresses.length > 0) onEnd(this.addresses);
      else onEnd([], new GossipError("LOOKUP_FAILED", `${name} is unknown here`));
    });
  };
}

describe("a seed that is a DNS name", () => {
  test("means all of its addresses", async () => {
    const network = new MemoryNetwork();
    const hosts = ["10.0.0.1", "10.0.0.2", "[fd00::3]"];
    const others = await Promise.all(
      hosts.map((host) => startOn(network, { address: `${host}:7946`, info: { name: host } })),
    );
    const resolver = new FakeResolver();
    resolver.addresses = ["10.0.0.1", "10.0.0.2", "fd00::3"];

    const peer = await startOn(network, { address: "10.0.0.9:7946" }, resolver);
    await peer.addSeed("cluster.example:7946");
    await eventually(() => expectAllSeeAll([peer, ...others]));
    expect(resolver.lookups).toEqual(["cluster.example"]);
  });

  test("is looked up anew at each try", async () => {
    const network = new MemoryNetwork();
    const resolver = new FakeResolver();
    const peer = await startOn(network, { address: "10.0.0.9:7946" }, resolver);
    const { code, message, cause } = await errorOf(peer.addSeed("cluster.example:7946"));
    expect(code).toBe("SEED_UNREACHABLE");
    expect(message).toContain("cluster.example is unknown here");
    expect(cause).toMatchObject({ code: "LOOKUP_FAILED" });

    const late = await startOn(network, { address: "10.0.0.1:7946" });
    resolver.addresses = ["10.0.0.1"];
    await eventually(() => expectAllSeeAll([peer, late]));
    expect(resolver.lookups.length).toBeGreaterThanOrEqual(2);
  });

  test("is reached when one of its addresses answers, whatever the others do", async () => {
    const network = new MemoryNetwork();
    const other = await startOn(network, { address: "10.0.0.2:7946" });
    network.setSilent("10.0.0.3:7946", true);
    const resolver = new FakeResolver();
    resolver.addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

    const peer = await startOn(network, { address: "10.0.0.9:7946" }, resolver);
    await peer.addSeed("cluster.example:7946");
    await eventually(() => expectAllSeeAll([peer, other]));
  });

  test("may have our own address among others, which is not dialled", async () => {
    const network = new MemoryNetwork();
    const resolver = new FakeResolver();
    resolver.addresses = ["10.0.0.9"];
    const peer = await startOn(network, { address: "10.0.0.9:7946" }, resolver);
    await peer.addSeed("cluster.example:7946");
    expect(peer.stats().exchangesStarted).toBe(0);
  });

  test("has at most limits.maxAddressesPerSeed addresses dialled", async () => {
    const network = new MemoryNetwork();
    const resolver = new FakeResolver();
    resolver.addresses = Array.from({ length: 100 }, (_, index) => `10.0.1.${index}`);
    const limits = { maxAddressesPerSeed: 3 };
    const peer = await startOn(network, { address: "10.0.0.9:7946", limits }, resolver);
    expect(await errorCodeOf(peer.addSeed("cluster.example:7946"))).toBe("SEED_UNREACHABLE");
    expect(peer.stats().exchangesStarted).toBe(3);
  });

  test("whose look-up never ends keeps nobody from stopping", async () => {
    const network = new MemoryNetwork();
    let onEnd: Parameters<Environment["lookup"]>[1] = () => {};
    const lookup: Environment["lookup"] = (_, callback) => {
      onEnd = callback;
    };
    const peer = await startOn(network, { address: "10.0.0.9:7946" }, { lookup });
    const seeded = errorCodeOf(peer.addSeed("cluster.example:7946"));
    await peer.stop();
    expect(await seeded).toBe("STOPPED");
    // And when it ends after all, nothing comes of it.
    const { exchangesStarted } = peer.stats();
    onEnd(["10.0.0.1"]);
    expect(peer.stats()).toMatchObject({ exchangesStarted, callsUnderWay: 0 });
  });
});

describe("the log", () => {
  test("tells each step", async () => {
    const network = new MemoryNetwork();
    const logger = new RecordingLogger();
    const peer = await startOn(network, { address: "10.0.0.1:7946", logger });
    const other = await startOn(network, { address: "10.0.0.2:7946", info: { name: "other" } });
    peer.updateInfo({ name: "new" });
    await peer.addSeed(other.address);
    await eventually(() => expectAllSeeAll([peer, other]));
    other.updateInfo({ name: "renamed" });
    await eventually(() => expectAllSeeAll([peer, other]));
    await other.stop();
    await eventually(() => expectAllSeeAll([peer]));
    await peer.leave();

    const steps = [
      "started",
      "update info",
      `chose ${other.address} to send info`,
      "sent self data",
      "received other data",
      `listed ${other.address}`,
      `added a new seed ${other.address}`,
      `${other.address} updated its info`,
      `deleted ${other.address} because of ${other.address}: nobody listens`,
      "told the others that we leave",
      "stopped",
    ];
    // In this order, each for the first time.
    const firsts = steps.map((step) => logger.messages.indexOf(step));
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
    expect(Math.min(...firsts)).toBe(0);
    for (const { fields } of logger.lines) expect(fields).toMatchObject({ address: peer.address });
  });

  test("has at most ten lines a second about rejections, and all are counted", async () => {
    const network = new MemoryNetwork();
    const logger = new RecordingLogger();
    let now = 0;
    const peer = await startOn(
      network,
      { address: "10.0.0.1:7946", pingPeriodMs: 3_600_000, logger },
      { now: () => now },
    );
    const sendNonsense = (): Promise<void> => call(network, peer.address, Buffer.alloc(9, 0xff));
    const warnings = () => logger.lines.filter(({ level }) => level === "warn").length;

    for (let count = 0; count < 25; count += 1) await sendNonsense();
    expect(peer.stats().rejected.undecodable).toBe(25);
    expect(warnings()).toBe(10);

    now += 1_000;
    for (let count = 0; count < 25; count += 1) await sendNonsense();
    expect(peer.stats().rejected.undecodable).toBe(50);
    expect(warnings()).toBe(20);
  });
});

test("a member that is silent is judged by a ping, and gone when that is not answered either", async () => {
  const network = new MemoryNetwork();
  const quick = { exchangeTimeoutMs: 50, pingTimeoutMs: 50 };
  const peer = await startOn(network, { address: "10.0.0.1:7946", ...quick });
  const other = await startOn(network, { address: "10.0.0.2:7946" });
  await peer.addSeed(other.address);
  network.setSilent(other.address, true);
  await eventually(() => expect(peer.members().size).toBe(1));
  expect(peer.stats()).toMatchObject({ pingsStarted: 1, pingsFailed: 1, goneMembers: 1 });

  network.setSilent(other.address, false);
  await eventually(() => expectAllSeeAll([peer, other]));
});

test("after stop no timer is set, and no call is answered", async () => {
  const network = new MemoryNetwork();
  const timers = new Set<NodeJS.Timeout>();
  const setTimer: Environment["setTimer"] = (onTimeout, delayMs) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      onTimeout();
    }, delayMs);
    timers.add(timer);
    return () => {
      timers.delete(timer);
      clearTimeout(timer);
    };
  };
  const peer = await startOn(network, { address: "10.0.0.1:7946" }, { setTimer });
  expect(timers.size).toBe(1);
  await peer.stop();
  const { exchangesServed } = peer.stats();
  expect(timers.size).toBe(0);
  await expect(call(network, peer.address)).rejects.toThrow("nobody listens");
  expect(peer.stats().exchangesServed).toBe(exchangesServed);
});

/** One exchange by a stranger that sends these messages. */
function call(network: MemoryNetwork, address: string, ...messages: Uint8Array[]): Promise<void> {
  const transport = new MemoryTransport(network);
  const request = { address, method: SHARE_DATA_METHOD, messages, timeoutMs: 10_000 };
  return new Promise((resolve, reject) => {
    transport.call({ ...request, maxMessages: 10 }, (outcome) => {
      if (outcome.type === "answered") resolve();
      else reject(outcome.error);
    });
  });
}
