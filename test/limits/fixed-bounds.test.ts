// Every bound and every duration of docs/LIMITS.md that cannot be set: each as the code has it, and
// tested at the bound and one past it, here or where it says. A row without a test here fails.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { DEFAULT_LIMITS } from "gossip";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ActionGuard } from "../../src/admin/action-guard.js";
import { resolveAdminOptions } from "../../src/admin/options.js";
import { readToken } from "../../src/cli/admin-token.js";
import { commandCheck } from "../../src/cli/command-check.js";
import { readConfigFile } from "../../src/cli/config-file.js";
import { parseAddress } from "../../src/core/address.js";
import { Calendar } from "../../src/core/native/calendar.js";
import { Credit } from "../../src/core/native/credit.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { wholeRecord } from "../../src/core/native/own-member.js";
import { mayBeOriginals } from "../../src/core/original.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { EngineLog } from "../../src/peer/engine-log.js";
import { realEnvironment } from "../../src/peer/environment.js";
import { resolveOptions } from "../../src/peer/options.js";
import { Peer } from "../../src/peer/peer.js";
import { PeerTls } from "../../src/peer/peer-tls.js";
import { callError } from "../../src/transport/grpc-errors.js";
import { InboundLink } from "../../src/transport/inbound-link.js";
import { Inbox } from "../../src/transport/inbox.js";
import { MemoryNetwork, MemoryTransport } from "../../src/transport/memory.js";
import * as platformTimers from "../../src/transport/platform-timers.js";
import { ByteWriter } from "../../src/wire/byte-writer.js";
import { HEALTH_WATCH_METHOD } from "../../src/wire/health-check.js";
import { deflated } from "../../src/wire/native-deflate.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { writeWhole } from "../../src/wire/native-record.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { record } from "../support/lone-core.js";
import { forged, LoneNativeCore } from "../support/lone-native-core.js";
import { sectionOf, tableRows } from "../support/markdown.js";
import { addressOf, nativeRecord } from "../support/native-records.js";
import { startPeer } from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";
import { Http2Caller } from "../transport/http2-caller.js";
import { elsewhere, fixed, type Row, testRows } from "./rows.js";

const ROOT = new URL("../../", import.meta.url);
const MARKDOWN = readFileSync(new URL("docs/LIMITS.md", ROOT), "utf8");
const ADDRESS = "127.0.0.1:7946";
const MIB = 1_048_576;
const OWN = nativeRecord(addressOf(1));
/** What the system does, at our word, and no test can wait for. */
const BY_THE_SYSTEM = "by the system";
const NOTHING = (): void => {};
const LINK_INQUIRIES_TEST = "src/core/native/link-inquiries.test.ts";
const NAMES_TEST = "src/transport/name-resolver.test.ts";
const DIAL_TEST = "src/transport/dial.test.ts";
const PLATFORM_TEST = "test/transport/platform-defaults.test.ts";
const SERVER_TEST = "test/transport/grpc-server.test.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Whether that is taken, rather than refused with an exception. */
function isTaken(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch {
    return false;
  }
}

/** The same of what is taken later. */
function isFulfilled(taking: Promise<unknown>): Promise<boolean> {
  return taking.then(
    () => true,
    () => false,
  );
}

/** So many bytes that a text begins with. */
function padded(text: string, bytes: number): string {
  return text.padEnd(bytes, "#");
}

/** How many lines come of so many things that happen in one moment. */
function linesOf(count: number, happens: (logger: RecordingLogger) => () => void): number {
  vi.spyOn(platformTimers, "monotonicMs").mockReturnValue(5_000);
  const logger = new RecordingLogger();
  const happen = happens(logger);
  for (let each = 0; each < count; each += 1) happen();
  return logger.lines.length;
}

/** Whether a link that we closed bears so many frames, and its connection is not cut. */
function bearsLateFrames(count: number): boolean {
  let isCut = false;
  const connection = {
    name: "other",
    holder: undefined,
    remoteIp: undefined,
    cut: () => {
      isCut = true;
    },
    drain: NOTHING,
    onCallStarted: NOTHING,
    onCallEnded: NOTHING,
  };
  const link = new InboundLink({ send: () => true, end: NOTHING }, connection, NOTHING);
  link.close();
  for (let frame = 0; frame < count; frame += 1) link.onMessage(new Uint8Array());
  link.abandon();
  return !isCut;
}

/** Whether so many calls of tools are all served by a peer at once. */
async function servesTools(count: number): Promise<boolean> {
  const { address } = await startPeer();
  const caller = new Http2Caller(address);
  const begin = () => caller.begin({ ":path": HEALTH_WATCH_METHOD }).read().send("").end();
  const calls = Array.from({ length: count }, begin);
  for (const call of calls) {
    await eventually(() => expect(call.bytesReceived > 0 || call.stream.closed).toBe(true));
  }
  const refused = calls.filter(({ bytesReceived }) => bytesReceived === 0);
  for (const call of refused) expect(await call.status()).toMatch(/^8 there are 64 such calls/);
  return refused.length === 0;
}

/** Whether a peer dials all of so many originals that another told it of. */
async function dialsOriginals(count: number): Promise<boolean> {
  const options = resolveOptions({ address: ADDRESS });
  const environment = realEnvironment(new MemoryTransport(new MemoryNetwork()));
  const nativeCodec = new NativeCodec(options.limits);
  const codec = new RecordCodec(options.limits);
  const { peer, links } = Peer.startIn({ options, environment, port: 7_946, codec, nativeCodec });
  const link = { unsentBytes: 0, send: NOTHING, close: NOTHING, refuse: NOTHING };
  const originals = Array.from({ length: count }, (_, index) => addressOf(index + 100));
  const hello = { type: "hello", cluster: "", address: addressOf(9), generation: 1 } as const;
  const versions = { minVersion: 1, maxVersion: 1, clock: 1 };
  links?.onLink(link).onFrame(nativeCodec.encode({ ...hello, ...versions, originals }));
  await eventually(() => {
    const { exchangesFailed, candidates } = peer.stats();
    expect(candidates).toBe(0);
    expect(exchangesFailed).toBeGreaterThanOrEqual(Math.min(count, 64));
  });
  await peer.stop();
  return peer.stats().exchangesFailed === count;
}

/** Whether so many links are opened at once for the sake of asking: asked in turns of 16. */
function opensToAsk(count: number): boolean {
  const lone = new LoneNativeCore();
  const strangers = Array.from({ length: 100 }, (_, index) => addressOf(index + 100));
  lone.meets(addressOf(2)).tells(...strangers.map((address) => forged(address)));
  // To the others a link is on its way already.
  const fresh = strangers.filter((address) => !lone.opened.includes(address)).slice(0, count);
  let opened = 0;
  for (let first = 0; first < fresh.length; first += 16) {
    const before = lone.opened.length;
    for (const [index, address] of fresh.slice(first, first + 16).entries()) {
      lone.act((core, now) => core.askLinks(first + index, address, 1, now));
    }
    opened += lone.opened.length - before;
    lone.advance(1);
  }
  return opened === count;
}

/** Whether an answer tells of so many links. */
function tellsLinks(count: number): boolean {
  const lone = new LoneNativeCore();
  const [asking] = Array.from({ length: count }, (_, index) => lone.meets(addressOf(index + 2)));
  asking?.sends({ type: "links-request", seq: 7 });
  const told = asking?.received.find((frame) => frame.type === "links");
  return told?.type === "links" && told.links.length === count;
}

/** Whether the first of so many verdicts, each of another teller, is known when it is contradicted. */
function remembersVerdicts(count: number): boolean {
  const credit = new Credit(1);
  for (let index = 0; index < count; index += 1) {
    credit.onBelieved(nativeRecord(addressOf(index)), `teller ${index}`);
  }
  credit.onLive(nativeRecord(addressOf(0), { incarnation: 1 }), 0);
  return credit.isSpent("teller 0", 0);
}

/** Whether the first of so many tellers that were wrong is known as such. */
function remembersTellers(count: number): boolean {
  const credit = new Credit(1);
  for (let index = 0; index < count; index += 1) {
    credit.onBelieved(nativeRecord(addressOf(index)), `teller ${index}`);
    credit.onLive(nativeRecord(addressOf(index), { incarnation: 1 }), 0);
  }
  return credit.isSpent("teller 0", 0);
}

/** Whether the codec remembers a record of so many bytes, and gives the same one again. */
function remembersRecord(bytes: number): boolean {
  const codec = new RecordCodec(DEFAULT_LIMITS);
  const encode = (name: string) => codec.encode([record(ADDRESS, 1, name)])[0] ?? expect.fail();
  // A name that long has a tag and two bytes for its length.
  const message = encode("x".repeat(bytes - encode("").length - 3));
  expect(message).toHaveLength(bytes);
  const decode = () => codec.decode([message.slice()], new RejectionCounter())[0];
  const first = decode();
  return decode() === first;
}

/** The same of the native protocol. */
function remembersNativeRecord(bytes: number): boolean {
  const sizeOf = (each: MemberRecord): number => {
    const writer = new ByteWriter();
    writeWhole(writer, each);
    return writer.kept().length;
  };
  const bare = forged(addressOf(1), { name: "" });
  const large = { ...bare, name: "x".repeat(bytes - sizeOf(bare) - 3) };
  expect(sizeOf(large)).toBe(bytes);
  const codec = new NativeCodec({ ...DEFAULT_LIMITS, maxNameBytes: bytes });
  const rumors = { type: "rumors", first: true, accusing: false } as const;
  const frame = codec.encode({ ...rumors, records: [wholeRecord(large)] });
  const decode = () => {
    const decoded = codec.decode(frame.slice(), new RejectionCounter());
    return decoded?.type === "rumors" ? decoded.records[0] : expect.fail();
  };
  const first = decode();
  return decode() === first;
}

/** Whether a record is believed that another may have made up. */
function isBelieved(different: Partial<MemberRecord>): boolean {
  const { metadata: _, ...numbers } = different;
  const calendar = new Calendar(OWN.generation, 1_000, 0);
  return calendar.faultOf(nativeRecord(addressOf(2), numbers), false, 0) === undefined;
}

/** By what their rows begin with. */
const BOUNDS: Readonly<Record<string, readonly Row[]>> = {
  "Bytes of the absolute path of dataDir": [
    fixed(90, (bytes) =>
      isTaken(() => resolveOptions({ address: ADDRESS, dataDir: `/${"d".repeat(bytes - 1)}` })),
    ),
  ],
  "Bytes of the name of a cluster in UTF-8": [
    fixed(256, (bytes) =>
      isTaken(() => {
        resolveOptions({ address: ADDRESS, cluster: "é".repeat(128).padEnd(bytes - 128, "e") });
      }),
    ),
  ],
  "Characters of the token of the admin service": [
    fixed(1_024, (length) => isTaken(() => resolveAdminOptions({ token: "t".repeat(length) }))),
    // One below the least is one too many of those that are missing.
    fixed(0, (missing) => isTaken(() => resolveAdminOptions({ token: "t".repeat(16 - missing) }))),
  ],
  "Characters of a DNS name in an address": [
    fixed(253, (length) => {
      const name = "abc.".repeat(62).padEnd(length, "d");
      return parseAddress(`${name}:7946`) !== undefined;
    }),
  ],
  "Bytes of a file that a command reads: settings, a certificate, a key, a token": [
    fixed(MIB, async (bytes) => {
      const file = join(testFolder(), "agent.yaml");
      writeFileSync(file, padded("name: worker-1\n", bytes));
      return await isFulfilled(readConfigFile(file));
    }),
    fixed(MIB, async (bytes) => {
      const file = join(testFolder(), "token");
      writeFileSync(file, padded("token", bytes));
      return await isFulfilled(readToken(file));
    }),
  ],
  "Words, signs, spaces and ends of lines in a config file": [
    fixed(8_192, async (tokens) => {
      const file = join(testFolder(), "agent.yaml");
      writeFileSync(file, "\n".repeat(tokens));
      return await isFulfilled(readConfigFile(file));
    }),
  ],
  "Bytes of a file of certificates, or of a key": [
    elsewhere(
      "src/peer/tls-files.test.ts",
      "is read when it has as many bytes as it may, and refused when it has one more",
    ),
  ],
  "Bytes of a snapshot, 4,096 and 320 for each of maxFormerMembers, but at least": [
    elsewhere(
      "src/peer/snapshot-format.test.ts",
      "is as large as its members may be, within bounds",
    ),
    elsewhere("src/peer/data-dir.test.ts", "is read up to a size, and not at all beyond it"),
  ],
  "Bytes of a snapshot at most": [
    elsewhere(
      "src/peer/snapshot-format.test.ts",
      "is as large as its members may be, within bounds",
    ),
    elsewhere("src/peer/snapshot-format.test.ts", "has the first of the members where not all fit"),
  ],
  "Files kept aside in dataDir": [
    elsewhere(
      "src/peer/data-dir.test.ts",
      "is as much as is allowed, and then the oldest makes room",
    ),
  ],
  "Former members looked for at once while nobody is there": [
    elsewhere(
      "src/core/former-members.test.ts",
      "while nobody is there, 16 are looked for at once, and one after another then",
    ),
  ],
  "Bytes of messages taken in from one call": [
    fixed(64 * MIB, (bytes) => {
      const inbox = new Inbox(1_000);
      const message = new Uint8Array(MIB);
      for (let left = bytes; left > 0; left -= MIB) inbox.add(message.subarray(0, left));
      return inbox.dropped === 0;
    }),
  ],
  "Names looked up at once": [
    elsewhere(
      NAMES_TEST,
      "waits while there are as many as may be, unless the hosts file answers it",
    ),
  ],
  "Addresses of one name that a connection is tried to": [
    elsewhere(DIAL_TEST, "tries as many addresses of a name as it may, and no more"),
  ],
  "Bytes of an agent's log that wait for its reader": [
    elsewhere(
      "src/cli/log-output.test.ts",
      "as many bytes wait for a reader as may, and what comes then is lost, and told of once there is room",
    ),
  ],
  "Bytes that another may send over a connection before it hears that they are read": [
    elsewhere(PLATFORM_TEST, "a caller may send a mebibyte ahead, on a stream and on a connection"),
  ],
  "Connections that the system takes before the peer does": [
    elsewhere(PLATFORM_TEST, "as many connections may wait to be taken as may be open"),
  ],
  "Frames that may still come over a link that we closed": [fixed(1_000, bearsLateFrames)],
  "Calls of gRPC's tools": [fixed(64, servesTools)],
  "Incarnation, and version, of a record of the native protocol": [
    fixed(2 ** 30, (incarnation) => isBelieved({ incarnation })),
    fixed(2 ** 30, (version) => isBelieved({ version })),
  ],
  "Originals that a hello tells of": [fixed(64, dialsOriginals)],
  "Rumors that wait to be sent": [
    elsewhere(
      "src/core/native/rumor-queue.test.ts",
      "when too many wait, the oldest is left to the exchanges",
    ),
  ],
  "Records of whole lists sent in a second": [
    elsewhere(
      "src/core/native/exchanges.test.ts",
      "names a few live others in place of one list too many, until it has time again",
    ),
  ],
  "Peers that wait for one finding about a member": [
    elsewhere("src/core/native/checks.test.ts", "so many may ask, and not more, of %i"),
    elsewhere("src/core/native/trials.test.ts", "not more may ask than have to"),
  ],
  "Own probes by which a peer tells that it is itself in trouble": [
    elsewhere("src/core/native/standing.test.ts", "trouble is most of the latest 32 probes: %s"),
  ],
  "Steps kept of one member": [
    elsewhere("src/core/native/history.test.ts", "of one member the latest are kept"),
  ],
  "Members that steps are kept of": [
    elsewhere(
      "src/core/native/history.test.ts",
      "of too many members that with the oldest news is forgotten",
    ),
  ],
  "Members asked for their links at once": [
    elsewhere(LINK_INQUIRIES_TEST, "asks only so many at once, and the next ones as answers come"),
  ],
  "Links opened for that in a second, with a burst of as many": [fixed(20, opensToAsk)],
  "Links that one answer tells of": [fixed(256, tellsLinks)],
  "Answers about our links on one link": [
    elsewhere(LINK_INQUIRIES_TEST, "tells its links, at most once in a while on each link"),
  ],
  "Verdicts remembered until contradicted, and tellers that were wrong": [
    fixed(1_024, remembersVerdicts),
    fixed(1_024, remembersTellers),
  ],
  "Lines in the log about rejections": [
    fixed(10, (count) => {
      const rejection = { reason: "undecodable", count: 1, example: "" } as const;
      const lines = linesOf(count, (logger) => {
        const log = new EngineLog(logger, ADDRESS, 0);
        return () => log.rejection(rejection, ADDRESS, 0);
      });
      return lines === count;
    }),
  ],
  "Lines of one kind in the log within 60 s": [
    elsewhere(
      "src/peer/collapsed-log.test.ts",
      "the first lines of one kind are written, and of the others it is told once, with the last of them",
    ),
  ],
  "Kinds of lines that are counted at once": [
    elsewhere(
      "src/peer/collapsed-log.test.ts",
      "of more kinds than are counted the oldest is told of before its time",
    ),
  ],
  "Characters of the example that such a line gives": [
    fixed(80, (length) => {
      const rejections = new RejectionCounter();
      rejections.add("undecodable", "x".repeat(length));
      return rejections.take()[0]?.example.length === length;
    }),
  ],
  "Lines in the log about TLS handshakes that came to nothing": [
    fixed(10, async (count) => {
      const material = await (await TestAuthority.make()).issue();
      vi.spyOn(platformTimers, "monotonicMs").mockReturnValue(5_000);
      const logger = new RecordingLogger();
      const tls = await PeerTls.open(material, logger);
      const failure = { cause: "untrusted", direction: "inbound", from: "other" } as const;
      for (let each = 0; each < count; each += 1) {
        tls.transport.onFailure({ ...failure, reason: "its certificate is of another" });
      }
      expect(tls.figures.tlsRefused.untrusted).toBe(count);
      return logger.lines.length === count;
    }),
  ],
  "Lines in the log about refused actions of the admin service": [
    fixed(10, (count) => {
      const lines = linesOf(count, (logger) => {
        const options = { token: "t".repeat(16), takesCertificates: false, logger };
        const guard = new ActionGuard(options);
        return () => expect(() => guard.check("SetInfo", null, false)).toThrow();
      });
      return lines === count;
    }),
  ],
  "Messages and records that the codec remembers, so as not to decode them again": [
    fixed(256, remembersRecord),
    elsewhere("src/wire/byte-memory.test.ts", "no more is held than there are slots at most"),
  ],
  "The same of the native protocol": [
    fixed(4_096, remembersNativeRecord),
    elsewhere(
      "src/wire/byte-memory.test.ts",
      "no more is held than all together may be, and it goes on taking in what is new",
    ),
  ],
  "Questions after which both forget what was not asked for meanwhile": [
    elsewhere(
      "src/wire/byte-memory.test.ts",
      "what is asked for now and then stays, and what is not is forgotten in time",
    ),
  ],
  "Bytes of the records of one frame that are sent without compression": [
    fixed(1_024, (bytes) => deflated(new Uint8Array(bytes)) === undefined),
  ],
  "Characters of the words of the other side, or of gRPC, in the message of a failed call": [
    fixed(200, (length) => {
      const details = "x".repeat(length);
      return callError("a:1", { code: status.INTERNAL, details }).message.endsWith(`: ${details}`);
    }),
  ],
  "Characters of what a check command writes": [
    fixed(1_024, async (length) => {
      const command = `printf a; head -c ${length - 1} /dev/zero | tr '\\0' x; exit 1`;
      const result = await commandCheck(command)(new AbortController().signal);
      return result.type === "failing" && result.reason.includes(`a${"x".repeat(length - 1)}`);
    }),
  ],
  "Characters of the reason for which a check of a service fails": [
    elsewhere("src/cli/service-health.test.ts", "has a reason of one line and of bounded length"),
  ],
  "Versions that may be an original's own count": [
    fixed(2 ** 24 - 1, (version) => mayBeOriginals(record(ADDRESS, version))),
  ],
  "Members that a watcher of who reaches whom waits for at once": [
    elsewhere(
      "src/admin/reach-feed.test.ts",
      "a watcher waits for eight members at once, each for 2 s, and for the next as one answers",
    ),
  ],
  "Bytes of one part of a list or of changes that a watcher is told, about": [
    elsewhere(
      "src/admin/member-feed.test.ts",
      "members that take %i bytes more than a part may are told in one part: %s",
    ),
  ],
};

const DURATIONS: Readonly<Record<string, readonly Row[] | typeof BY_THE_SYSTEM>> = {
  "Between two looks whether one gone member, drawn at random, is back": [
    elsewhere(
      "src/core/core.test.ts",
      "is dialled with no word of it too, one of all every 2 s at most",
    ),
  ],
  "Between two dials of a seed that answers": [
    elsewhere(
      "src/core/seed-list.test.ts",
      "it is dialled again after about a seed period, at the %s",
    ),
  ],
  "Until every seed that waits is dialled after a member went": [
    elsewhere("src/core/seed-list.test.ts", "each seed is due within the longest back-off"),
  ],
  "From a change of the list until it is written to dataDir": [
    elsewhere(
      "src/peer/snapshot-keeper.test.ts",
      "what changed is written a second later, and what did not once a minute",
    ),
  ],
  "Between two writes to dataDir when nothing changes": [
    elsewhere(
      "src/peer/snapshot-keeper.test.ts",
      "what changed is written a second later, and what did not once a minute",
    ),
  ],
  "How far the clock may be behind the time in dataDir without a warning": [
    elsewhere("src/peer/snapshot-keeper.test.ts", "a clock that is %s worth a warning"),
  ],
  "Until a lock in dataDir that nobody answers is taken for one that a crash left": [
    elsewhere(
      "src/peer/data-dir.test.ts",
      "takes over a socket that nobody listens on for 75 ms, and not one sooner",
    ),
  ],
  "From the time of a wake-up until it is taken for lost, and set anew at the next thing that happens":
    [
      elsewhere(
        "src/peer/wake-up.test.ts",
        "that is late by less than is taken for lost is waited for",
      ),
      elsewhere(
        "src/peer/wake-up.test.ts",
        "that is later is set a second time, beside the first, whichever of both comes",
      ),
    ],
  "For a caller to send its records": [
    elsewhere(SERVER_TEST, "and says nothing is answered with OK all the same"),
  ],
  "For a caller to read our answer": [
    elsewhere(SERVER_TEST, "the answer is cut off, and others are served meanwhile"),
  ],
  "For the first call on a caller's new connection": [
    elsewhere(SERVER_TEST, "one that %s is let go of, though it keeps its side open"),
  ],
  "For a caller's connection without a call": [
    elsewhere(SERVER_TEST, "one that has made calls is let go of after an hour without one"),
  ],
  "For the calls on such a connection to end once its caller was told that it closes": [
    elsewhere(SERVER_TEST, "keeps the connection until its other calls have ended"),
    elsewhere(SERVER_TEST, "even after its answer, and goes on sending, loses its connection too"),
  ],
  "Until the system asks a silent connection of a caller whether its other side is there":
    BY_THE_SYSTEM,
  "Between two looks at the clock whether the certificate of a link is over": [
    elsewhere(
      "src/transport/alarm.test.ts",
      "a clock that is set is noticed at the next look, a minute after the one before",
    ),
  ],
  "For a caller to finish its TLS handshake": [
    elsewhere(
      "test/security/refusals.test.ts",
      "that does not finish its handshake is let go in time",
    ),
  ],
  "How far ahead of our clock the generation of another may lie": [
    fixed(24 * 3_600_000, (leadMs) => isBelieved({ generation: OWN.generation + leadMs })),
    elsewhere(
      "src/core/native/calendar.test.ts",
      "a generation is believed up to a day ahead, and of ourselves up to two",
    ),
  ],
  "How far ahead of our clock a gone member's record may expire": [
    fixed(60 * 24 * 60, (expiresAt) => isBelieved({ verdict: "failed", expiresAt })),
  ],
  "For a hello on a link of another, and for a link of ours that nobody needs": [
    elsewhere("src/core/native/link-care.test.ts", "without a hello is refused after its time"),
    elsewhere(
      "src/core/native/link-care.test.ts",
      "that we opened to no neighbour is closed once it was unused for long",
    ),
  ],
  "For a link on which nothing comes": [
    elsewhere(
      "src/core/native/link-care.test.ts",
      "on which nothing comes for long is closed by either side",
    ),
  ],
  "For the rest of a link that was closed": [
    elsewhere(
      "test/transport/grpc-link.test.ts",
      "by the caller, after our close, costs it its connection",
    ),
  ],
  "For a look-up of a name, with all domains of the search list": [
    elsewhere(NAMES_TEST, "that takes longer than it may has failed, and is called off"),
  ],
  "For IPv6 addresses once IPv4 ones are there, or the reverse": [
    elsewhere(NAMES_TEST, "waits 500 ms for the other family"),
  ],
  "For an address of a name to accept a connection before the next one is tried beside it": [
    elsewhere(
      DIAL_TEST,
      "tries the next address beside one that takes its time, and then lets that one go",
    ),
  ],
  "For the last lines of an agent's log to be read as it ends": [
    elsewhere(
      "src/cli/log-output.test.ts",
      "the end waits for the reader, and no longer than it may",
    ),
  ],
  "For the calls of the admin service that are under way at its close": [
    elsewhere(
      "test/admin/port.test.ts",
      "a client with half a request is let go when the service is closed",
    ),
  ],
};

const FACTORS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  days: 86_400_000,
};

function rowsOf(heading: string): string[][] {
  return tableRows(sectionOf(MARKDOWN, heading), "what");
}

/** What the row is about: its first words, up to the name of the constant, or to what happens beyond. */
function subjectOf([what = ""]: readonly string[]): string {
  return what.split(/ \(|;/, 1)[0] ?? "";
}

/** The amounts that a cell tells, as numbers, and in milliseconds where they are times. */
function amountsIn(cell: string): number[] {
  const amounts = cell.matchAll(/(\d[\d,.]*)(?: (ms|s|min|h|days)\b)?/g);
  return Array.from(amounts, ([, digits = "", unit]) => {
    const factor = unit === undefined ? 1 : (FACTORS[unit] ?? Number.NaN);
    return Number(digits.replaceAll(",", "")) * factor;
  });
}

/** The value of a product of numbers and other constants of that source. */
function constantOf(name: string, source: string): number {
  const pattern = new RegExp(`\\b${name}(?: =|:) ([\\w *]*\\d[\\w *]*|[A-Z_ *\\d]+)[;,]`);
  const expression = pattern.exec(source)?.[1] ?? expect.fail(`${name} is nowhere set`);
  const [base = "", exponent] = expression.split(" ** ");
  if (exponent !== undefined) return Number(base) ** Number(exponent);
  const factors = expression.split(" * ").map((factor) => {
    return /^\d/.test(factor) ? Number(factor.replaceAll("_", "")) : constantOf(factor, source);
  });
  return factors.reduce((product, factor) => product * factor, 1);
}

/** The value as a document tells it: times in milliseconds. */
function toldValue(name: string, source: string): number {
  return constantOf(name, source) * (name.endsWith("_MINUTES") ? 60_000 : 1);
}

describe.each(["Fixed durations", "Other fixed bounds"])("%s", (heading) => {
  test("are each tested, in the order of the document", () => {
    const tested = heading === "Fixed durations" ? DURATIONS : BOUNDS;
    expect(Object.keys(tested)).toEqual(rowsOf(heading).map(subjectOf));
  });

  test.each(rowsOf(heading))("%s: as the code has it", (what, bound = "", where = "") => {
    const source = readFileSync(new URL(where, ROOT), "utf8");
    const [, name] = /\(`?(\w+)`?[;)]/.exec(what) ?? [];
    if (name === undefined || !/^[A-Z_]+$|Ms$/.test(name)) return;
    expect(amountsIn(bound)).toContain(toldValue(name, source));
  });
});

test("Back-offs are as the code has them", () => {
  const source = readFileSync(new URL("src/core/timing.ts", ROOT), "utf8");
  const rows = tableRows(sectionOf(MARKDOWN, "Back-offs"), "what waits");
  const documented = rows.map(([what = "", base = "", longest = ""]) => {
    return [/\((\w+)\)/.exec(what)?.[1], ...amountsIn(base), ...amountsIn(longest)];
  });
  const ranges = source.matchAll(/(\w+): BackoffRange = \{ baseMs: ([\d_]+), maxMs: ([\d_]+) \}/g);
  const coded = Array.from(ranges, ([, name, ...ends]) => {
    return [name, ...ends.map((end) => Number(end.replaceAll("_", "")))];
  });
  expect(documented).toEqual(coded);
});

testRowsOf(BOUNDS);
testRowsOf(DURATIONS);

function testRowsOf(tested: Readonly<Record<string, readonly Row[] | typeof BY_THE_SYSTEM>>): void {
  const numbered = Object.entries(tested).flatMap(([subject, rows]) =>
    rows === BY_THE_SYSTEM
      ? []
      : rows.map((row, index) => [`${subject} ${index + 1}`, row] as const),
  );
  testRows(Object.fromEntries(numbered));
}
