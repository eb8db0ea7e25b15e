// Functions of the application that fail, and promises that it does not await: the peer does what it
// would have done, and the process is told of nothing that nobody caught.

import type { LinkCandidate, Logger } from "gossip";
import { Peer } from "gossip";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Callbacks } from "../../src/peer/callbacks.js";
import { eventually } from "../support/eventually.js";
import { unusedAddress } from "../support/hosts.js";
import { addressesSeenBy, errorCodeOf, startPeer } from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";

/** What would have ended the process. */
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => {
  uncaught.push(error);
};

beforeEach(() => {
  process.on("uncaughtException", onUncaught).on("unhandledRejection", onUncaught);
});
afterEach(async () => {
  // Node tells of a rejection that nobody handled once its turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("uncaughtException", onUncaught).off("unhandledRejection", onUncaught);
  expect(uncaught.splice(0)).toEqual([]);
});

/** A logger whose every method does the same. */
function loggerThat(log: () => unknown): Logger {
  const write = log as () => void;
  return { debug: write, info: write, warn: write, error: write };
}

describe("a logger that fails", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("the disk is full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the disk is full"))],
    [
      "throws what cannot be written",
      () => {
        throw Object.create(null);
      },
    ],
  ])("and %s costs the peer nothing but the lines", async (_how, log) => {
    const other = await startPeer({ name: "other" });
    const peer = await startPeer({ seeds: [other.address], logger: loggerThat(log) });
    await eventually(() => expect(addressesSeenBy(other)).toHaveLength(2));
    other.updateInfo({ name: "renamed" });
    peer.updateInfo({ name: "peer" });
    await eventually(() => {
      expect(peer.detail(other.address)?.info.name).toBe("renamed");
      expect(other.detail(peer.address)?.info.name).toBe("peer");
    });
    await peer.leave();
    await eventually(() => expect(other.detail(peer.address)?.status).toBe("left"));
    expect(peer.stats().callbacksFailed).toBeGreaterThan(0);
  });

  test("has told, once it works again, how many lines were lost, and why", () => {
    const kept = new RecordingLogger();
    let isBroken = true;
    const logger = new Callbacks().logger({
      ...loggerThat(() => {}),
      info: (fields, message) => {
        if (isBroken) throw new Error("no space");
        kept.info(fields, message);
      },
      warn: (fields, message) => kept.warn(fields, message),
    });
    logger.info({}, "a");
    logger.info({}, "b");
    expect(kept.messages).toEqual([]);
    isBroken = false;
    logger.info({}, "c");
    logger.info({}, "d");
    expect(kept.messages).toEqual([
      "c",
      "2 lines of the log were lost: the logger failed (no space)",
      "d",
    ]);
  });
});

describe("the option allow", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("the list is not loaded");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the list is not loaded"))],
    ["gives something else than true", () => "yes"],
  ])("that %s allows nobody", async (_how, rule) => {
    const allow = rule as unknown as (candidate: LinkCandidate) => boolean;
    const choosy = await startPeer({ allow });
    const other = await startPeer();
    expect(await errorCodeOf(other.addSeed(choosy.address))).toBe("SEED_UNREACHABLE");
    expect(choosy.stats().rejected["not-allowed"]).toBeGreaterThan(0);
  });
});

describe("what is not awaited", () => {
  test("may fail, and tells whoever asks later", async () => {
    const logger = new RecordingLogger();
    const peer = await startPeer({ logger, limits: { maxSeeds: 1 } });
    const failures = [
      [peer.addSeed(await unusedAddress()), "SEED_UNREACHABLE"],
      [peer.addSeed("10.0.0.5:7946"), "TOO_MANY_SEEDS"],
      [peer.addSeed("no address"), "INVALID_ADDRESS"],
      [peer.askLinks("10.0.0.5:7946"), "UNKNOWN_MEMBER"],
      [peer.reloadTls(), "INVALID_OPTION"],
    ] as const;
    await eventually(() => {
      expect(logger.messages.some((message) => message.includes("did not answer"))).toBe(true);
    });
    for (const [promise, code] of failures) expect(await errorCodeOf(promise)).toBe(code);
    expect(logger.messages).toContainEqual(expect.stringMatching(/^the seed was not added: .*max/));
    await peer.stop();
    void peer.addSeed("10.0.0.5:7946");
    void peer.leave();
  });

  test("may be of a peer that stops meanwhile", async () => {
    const peer = await Peer.start({ address: "127.0.0.1:0" });
    void peer.addSeed(await unusedAddress());
    void peer.leave();
    await peer.stop();
  });
});
