// Malformed records: each is dropped by itself, with a reason in the log and a counter, and the
// call that brought it ends well.

import { status } from "@grpc/grpc-js";
import type { RejectionReason } from "gossip";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, startPeer } from "../support/peers.js";
import { SHARE_DATA } from "../support/raw-client.js";
import { answerWith, startRawServer } from "../support/raw-server.js";
import { Victim } from "../support/victim.js";
import { peerData } from "../support/wire.js";

/** An original takes longer than this for a reason to give a peer up. */
const ANSWER_BOUND_MS = 2_000;

const MEGABYTE = 1_024 * 1_024;
const NOT_UTF8 = Uint8Array.of(0x6e, 0xc3, 0x28, 0xff);
const INT32_MIN = -(2 ** 31);
const SOMEWHERE = "127.0.0.1:1";

const badMessages: readonly [string, RejectionReason, Buffer][] = [
  ["an address that is empty", "address-empty", peerData({ addr: "", version: 1 })],
  ["no address", "address-empty", peerData({ version: 1, name: "nobody" })],
  ["an empty message", "address-empty", Buffer.alloc(0)],
  ["an address that is a word", "address-malformed", peerData({ addr: "nonsense", version: 1 })],
  ["an address without a port", "address-malformed", peerData({ addr: "127.0.0.1", version: 1 })],
  ["an address without a host", "address-malformed", peerData({ addr: ":7946", version: 1 })],
  ["an address with port 0", "address-malformed", peerData({ addr: "127.0.0.1:0", version: 1 })],
  ["a port out of range", "address-malformed", peerData({ addr: "127.0.0.1:65536", version: 1 })],
  ["a URL", "address-malformed", peerData({ addr: "http://127.0.0.1:1", version: 1 })],
  ["an address with a line break", "address-malformed", peerData({ addr: "127.0.0.1:1\n" })],
  ["an address with a null byte", "address-malformed", peerData({ addr: "127.0.0.1\0:1" })],
  ["IPv6 without brackets", "address-malformed", peerData({ addr: "::1:7946", version: 1 })],
  [
    "an address a megabyte long",
    "address-too-long",
    peerData({ addr: `${"a".repeat(MEGABYTE)}:1` }),
  ],
  ["a negative version", "version-negative", peerData({ addr: SOMEWHERE, version: -1 })],
  ["the lowest version", "version-negative", peerData({ addr: SOMEWHERE, version: INT32_MIN })],
  ["a name above 1 KiB", "name-too-long", peerData({ addr: SOMEWHERE, name: "x".repeat(1_025) })],
  [
    "a name above 1 KiB in UTF-8 alone",
    "name-too-long",
    peerData({ addr: SOMEWHERE, name: "é".repeat(513) }),
  ],
  ["invalid UTF-8 in a name", "undecodable", peerData({ addr: SOMEWHERE, name: NOT_UTF8 })],
  ["invalid UTF-8 in an address", "undecodable", peerData({ addr: NOT_UTF8 })],
  ["bytes that are no protobuf", "undecodable", Buffer.alloc(100, 0xff)],
  ["a record that breaks off", "undecodable", peerData({ addr: SOMEWHERE }).subarray(0, 5)],
  ["text", "undecodable", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
];

forEachFailureDetection(() => {
  test.each(badMessages)("%s is dropped as %s", async (_, reason, message) => {
    const victim = await Victim.start();
    const answer = await victim.attacker.call(SHARE_DATA, [message]);
    expect(answer).toMatchObject({ code: status.OK });
    // The answer lists the victim and its friend, as ever.
    expect(answer.messages).toHaveLength(2);
    victim.expectRejected({ [reason]: 1 });
    await victim.expectUnharmed();
    victim.expectRejected({ [reason]: 1 });
  });

  test("a call full of bad records is answered in time", async () => {
    const victim = await Victim.start();
    const messages = badMessages.map(([, , message]) => message);
    // Again if a busy machine made it late.
    await eventually(async () => {
      const inTime = { deadlineMs: ANSWER_BOUND_MS };
      expect((await victim.attacker.call(SHARE_DATA, messages, inTime)).code).toBe(status.OK);
    });
    await victim.expectUnharmed();
  });

  test("bad records do not spoil the good one among them", async () => {
    const victim = await Victim.start();
    const newcomer = await startPeer({ name: "newcomer" });
    const messages = [
      ...badMessages.map(([, , message]) => message),
      peerData({ addr: newcomer.address, version: 1, name: "hearsay" }),
      ...badMessages.map(([, , message]) => message),
    ];
    const { code } = await victim.attacker.call(SHARE_DATA, messages);
    expect(code).toBe(status.OK);
    // What was said of the newcomer is not believed, but it is dialled, and speaks for itself.
    await victim.expectUnharmed([newcomer]);

    const counts: Partial<Record<RejectionReason, number>> = {};
    for (const [, reason] of badMessages) counts[reason] = (counts[reason] ?? 0) + 2;
    victim.expectRejected(counts);
  });

  test("many bad records make few lines in the log, and are all counted", async () => {
    const victim = await Victim.start();
    const linesBefore = victim.logger.lines.filter(({ level }) => level === "warn").length;
    // Few enough for a busy machine to read within the time of a call.
    const messages = Array.from({ length: 1_000 }, () => peerData({ addr: "nonsense" }));
    expect((await victim.attacker.call(SHARE_DATA, messages)).code).toBe(status.OK);
    victim.expectRejected({ "address-malformed": 1_000 });
    const warnings = victim.logger.lines.filter(({ level }) => level === "warn");
    expect(warnings.slice(linesBefore)).toEqual([
      expect.objectContaining({
        fields: expect.objectContaining({ count: 1_000, example: "nonsense" }),
      }),
    ]);
  });

  test("a log line shows no more than the beginning of what was sent", async () => {
    const victim = await Victim.start();
    await victim.attacker.share([{ addr: "a".repeat(MEGABYTE) }]);
    victim.expectRejected({ "address-too-long": 1 });
    expect(JSON.stringify(victim.logger.lines.at(-1)).length).toBeLessThan(1_024);
    expect(JSON.stringify(victim.logger.lines).length).toBeLessThan(MEGABYTE / 4);
  });

  test("bad records in an answer to the victim's own exchange are dropped likewise", async () => {
    const victim = await Victim.start();
    const hostile = await startRawServer(answerWith(badMessages.map(([, , message]) => message)));
    await victim.peer.addSeed(hostile);
    await eventually(() => {
      expect(victim.peer.stats().rejected.undecodable).toBeGreaterThanOrEqual(5);
    });
    expect(victim.logger.lines).toContainEqual({
      level: "warn",
      message: expect.stringContaining("undecodable"),
      fields: expect.objectContaining({ source: `the answer of ${hostile}` }),
    });
    await victim.expectUnharmed();
  });
});
