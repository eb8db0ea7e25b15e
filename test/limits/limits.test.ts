// Every limit, at the limit and one past it. A limit without a row here does not compile, and one that
// is tested elsewhere names the test.

import { DEFAULT_LIMITS, type Limits } from "gossip";
import { expect, test } from "vitest";
import { DialQueue } from "../../src/core/dial-queue.js";
import { FormerMembers } from "../../src/core/former-members.js";
import type { MemberRecord, MetadataEntry } from "../../src/core/native/member-record.js";
import { wholeRecord } from "../../src/core/native/own-member.js";
import { OwnRecord } from "../../src/core/own-record.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { EventQueue } from "../../src/peer/event-queue.js";
import { Inbox } from "../../src/transport/inbox.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { LoneCore, record } from "../support/lone-core.js";
import { forged, LoneNativeCore } from "../support/lone-native-core.js";
import { addressOf } from "../support/native-records.js";
import { seededRandom } from "../support/seeded-random.js";
import { elsewhere, few, type Row, testRows } from "./rows.js";

const VERSION = 100;
const NOW_MS = 5_000;

function limited(limits: Partial<Limits>): Limits {
  return { ...DEFAULT_LIMITS, ...limits };
}

function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => addressOf(index + 2));
}

/** Whether a codec with those limits takes in records that another sent, all of them and whole. */
function isTakenIn(limits: Partial<Limits>, ...records: readonly MemberRecord[]): boolean {
  const boundless = Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, Number.MAX_SAFE_INTEGER]),
  );
  const sender = new NativeCodec(limited(boundless));
  const sent = { type: "rumors", first: true, accusing: false } as const;
  const bytes = sender.encode({ ...sent, records: records.map(wholeRecord) });
  const rejections = new RejectionCounter();
  const frame = new NativeCodec(limited(limits)).decode(bytes, rejections);
  const isClean = rejections.take().length === 0;
  expect(isClean).toBe(frame?.type === "rumors" && frame.records.length === records.length);
  return isClean;
}

function metadata(...keys: readonly string[]): ReadonlyMap<string, MetadataEntry> {
  return new Map(keys.map((key) => [key, { value: "", version: 1 }]));
}

/** An address of so many characters. */
function longAddress(length: number): string {
  const port = ":7946";
  const labels = "a.".repeat(length).slice(0, length - port.length - 1);
  return `${labels}a${port}`;
}

const LIMITS = {
  maxMembers: few((count, maxMembers) => {
    const lone = new LoneNativeCore({ limits: { maxMembers } });
    lone.meets("10.9.9.9:7946").tells(...addresses(count - 1).map((address) => forged(address)));
    expect(lone.core.liveCount).toBe(Math.min(count, maxMembers));
    return lone.rejected("members-full") === 0;
  }),
  maxGoneMembers: few((count, maxGoneMembers) => {
    const lone = new LoneNativeCore({ limits: { maxGoneMembers } });
    const gone = addresses(count).map((address) => forged(address, { verdict: "failed" }));
    lone.meets("10.9.9.9:7946").tells(...gone);
    expect(lone.core.sizes.gone).toBeLessThanOrEqual(maxGoneMembers);
    return lone.core.sizes.gone === count;
  }),
  maxFormerMembers: few((count, maxFormerMembers) => {
    const members = addresses(count).map((address) => ({ address, remainingMs: 1_000 }));
    return new FormerMembers(members, { maxFormerMembers }, NOW_MS).size === count;
  }),
  maxCandidates: few((count, maxCandidates) => {
    const queue = new DialQueue(limited({ maxCandidates }), seededRandom(1), NOW_MS);
    for (const address of addresses(count)) queue.suggest(address, NOW_MS);
    expect(queue.waiting).toBeLessThanOrEqual(maxCandidates);
    return queue.waiting === count;
  }),
  maxRecordsPerCall: few((count, maxRecordsPerCall) => {
    const inbox = new Inbox(maxRecordsPerCall);
    for (let each = 0; each < count; each += 1) inbox.add(Uint8Array.of(1));
    return inbox.dropped === 0;
  }),
  maxNameBytes: few((bytes, maxNameBytes) =>
    isTakenIn({ maxNameBytes }, forged(addressOf(1), { name: "x".repeat(bytes) })),
  ),
  maxAddressLength: few(
    (length, maxAddressLength) => isTakenIn({ maxAddressLength }, forged(longAddress(length))),
    30,
  ),
  maxVersion: few((version, maxVersion) =>
    isTakenIn({ maxVersion }, forged(addressOf(1), { version })),
  ),
  maxVersionJump: few((jump, maxVersionJump) => {
    const lone = new LoneCore({ limits: { maxVersionJump } });
    const [address = ""] = addresses(1);
    lone.meet(record(address, VERSION));
    lone.ask(record(address, VERSION + jump, "jumped"));
    return lone.rejected("version-jump") === 0;
  }),
  maxVersionLead: few((lead, maxVersionLead) => {
    const limits = limited({ maxVersionLead });
    const own = new OwnRecord(addressOf(1), { name: "" }, VERSION, limits, NOW_MS);
    // By two at a time, so that an odd limit is never reached itself.
    for (let raised = 0; raised < lead; raised += 2) own.onUnlisted(NOW_MS);
    return own.record.version - VERSION >= lead;
  }),
  maxExchanges: few((count, maxExchanges) => {
    const lone = new LoneCore({ limits: { maxExchanges } });
    for (const address of addresses(count)) lone.meet(record(address, VERSION));
    lone.advance(60_000);
    return lone.core.sizes.calls === count;
  }),
  maxDials: few((count, maxDials) => {
    const lone = new LoneCore({ limits: { maxDials } });
    lone.ask(...addresses(count).map((address) => record(address, VERSION)));
    return lone.core.sizes.calls === count;
  }),
  maxDialsPerSecond: few((count, maxDialsPerSecond) => {
    const queue = new DialQueue(limited({ maxDialsPerSecond }), seededRandom(1), NOW_MS);
    for (const address of addresses(count)) queue.suggest(address, NOW_MS);
    let dials = 0;
    while (queue.take(NOW_MS) !== undefined) dials += 1;
    return dials === count;
  }),
  maxSeeds: few((count, maxSeeds) => {
    const lone = new LoneNativeCore({ limits: { maxSeeds } });
    return addresses(count).every((seed) => lone.core.addSeed(seed, lone.now));
  }),
  maxAddressesPerSeed: few((count, maxAddressesPerSeed) => {
    const lone = new LoneCore({ limits: { maxAddressesPerSeed } });
    lone.core.addSeed("gossip.example:7946", lone.now);
    lone.settle();
    lone.resolve("gossip.example:7946", ...addresses(count));
    return lone.exchanges.length === count;
  }),
  maxConnections: elsewhere(
    "test/transport/grpc-pool.test.ts",
    "the connection unused for longest makes room, and only that one",
  ),
  maxInboundConnections: elsewhere(
    "test/transport/grpc-server.test.ts",
    "a connection more than maxInboundConnections is closed, until one is free",
  ),
  maxHandshakes: elsewhere(
    "test/security/refusals.test.ts",
    "that says nothing makes room for others, and does not keep them out",
  ),
  maxLinks: few((count, maxLinks) => {
    const lone = new LoneNativeCore({ limits: { maxLinks } });
    for (const address of addresses(count)) lone.meets(address);
    return lone.refusals.length === 0;
  }, 32),
  maxUnsentBytes: elsewhere(
    "src/peer/native-driver.test.ts",
    "as many bytes as maxUnsentBytes may wait on a link, and one more closes it",
  ),
  maxRecordsPerFrame: few((count, maxRecordsPerFrame) =>
    isTakenIn({ maxRecordsPerFrame }, ...addresses(count).map((address) => forged(address))),
  ),
  maxRequestsPerSecond: few((count, maxRequestsPerSecond) => {
    const lone = new LoneNativeCore({ limits: { maxRequestsPerSecond } });
    const asking = lone.meets("10.9.9.9:7946");
    const ask = { type: "ask", address: lone.core.address, generation: 1, trial: 0 } as const;
    for (let seq = 1; seq <= count; seq += 1) asking.sends({ ...ask, seq });
    return lone.rejected("frame-too-often") === 0;
  }),
  maxRefutedVerdicts: few((count, maxRefutedVerdicts) => {
    const lone = new LoneNativeCore({ limits: { maxRefutedVerdicts } });
    const liar = lone.meets("10.9.9.9:7946");
    const [victim = "", ...others] = addresses(12);
    liar.tells(...[liar.address, victim, ...others].map((address) => forged(address)));
    for (let incarnation = 0; incarnation < count; incarnation += 1) {
      liar.tells(forged(victim, { verdict: "failed", incarnation }));
      liar.tells(forged(victim, { incarnation: incarnation + 1 }));
    }
    return lone.rejected("teller-often-wrong") === 0;
  }),
  maxAccusations: few((count, maxAccusations) => {
    const lone = new LoneNativeCore({ limits: { maxAccusations } });
    const accuser = lone.meets("10.9.9.9:7946");
    accuser.tells(...addresses(count).map((address) => forged(address)));
    accuser.exchanges(...addresses(count).map((address) => forged(address, { verdict: "failed" })));
    return lone.rejected("too-many-accusations") === 0;
  }),
  maxMetadataKeys: few((count, maxMetadataKeys) =>
    isTakenIn(
      { maxMetadataKeys },
      forged(addressOf(1), { metadata: metadata(...addresses(count)) }),
    ),
  ),
  maxMetadataBytes: few((bytes, maxMetadataBytes) =>
    isTakenIn(
      { maxMetadataBytes },
      forged(addressOf(1), { metadata: metadata("k".repeat(bytes)) }),
    ),
  ),
  maxMetadataKeyBytes: few((bytes, maxMetadataKeyBytes) =>
    isTakenIn(
      { maxMetadataKeyBytes },
      forged(addressOf(1), { metadata: metadata("k".repeat(bytes)) }),
    ),
  ),
  maxMessageBytes: elsewhere(
    "test/transport/grpc-server.test.ts",
    "a message above maxMessageBytes fails its call, and no other",
  ),
  maxCallsPerConnection: elsewhere(
    "test/transport/grpc-server.test.ts",
    "a call more than maxCallsPerConnection is refused, and harms no other",
  ),
  maxCallsPerSecond: elsewhere(
    "test/transport/grpc-server.test.ts",
    "as many calls at once as maxCallsPerSecond are answered, and one more cuts them off",
  ),
  maxFramesPerSecond: elsewhere(
    "src/peer/native-driver.test.ts",
    "as many frames at once as maxFramesPerSecond are taken, and one more closes the link",
  ),
  maxQueuedEvents: few((count, maxQueuedEvents) => {
    const queue = new EventQueue(maxQueuedEvents, () => {});
    const member = {
      address: addressOf(1),
      info: { name: "" },
      status: "live",
      version: 1,
    } as const;
    let dropped = 0;
    for (let at = 0; at < count; at += 1)
      dropped += queue.push({ type: "member-joined", member, at });
    return dropped === 0;
  }),
} satisfies Readonly<Record<keyof Limits, Row>>;

test("every limit has a row", () => {
  expect(Object.keys(LIMITS)).toEqual(Object.keys(DEFAULT_LIMITS));
});

testRows(LIMITS);
