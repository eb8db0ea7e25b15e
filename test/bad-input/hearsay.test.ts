// Well-formed lies: records about the peer itself, and about members that live.

import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { countAnswered, forEachFailureDetection } from "../support/peers.js";
import { Victim } from "../support/victim.js";

/** What is said of the victim: how far above its own version, and by how much its own rises. */
const saidOfOurselves: readonly [string, number, boolean, string, number][] = [
  ["live, lower", -1, false, "forged", 0],
  ["live, much lower", -1_000_000, false, "forged", 0],
  ["live, equal, by the same name", 0, false, "victim", 0],
  ["live, equal, by another name", 0, false, "forged", 1],
  ["live, equal, without a name", 0, false, "", 1],
  ["live, higher, by the same name", 1, false, "victim", 2],
  ["live, higher, by another name", 1_000, false, "forged", 1_001],
  ["deleted, lower", -1, true, "victim", 0],
  ["deleted, equal", 0, true, "victim", 1],
  ["deleted, higher", 1, true, "victim", 2],
  ["deleted, much higher", 1_000_000, true, "", 1_000_001],
];

/** What is said of the friend, and how far above its version. */
const saidOfMember: readonly [string, number, boolean, string][] = [
  ["deleted, lower", -1, true, "friend"],
  ["deleted, equal", 0, true, "friend"],
  ["deleted, higher", 1, true, "friend"],
  ["deleted, much higher", 1_000_000, true, ""],
  ["live, lower, by another name", -1, false, "forged"],
  ["live, equal, by another name", 0, false, "forged"],
];

/** Natives are judged by their own protocol, whatever is said in the dialect of the seed. */
const SEEDS_RULE = { failureDetection: "immediate" } as const;

forEachFailureDetection(() => {
  test.each(saidOfOurselves)("said of ourselves: %s", async (_, above, deleted, name, rise) => {
    const victim = await Victim.start();
    const before = victim.versionOf(victim.peer);
    const record = { addr: victim.peer.address, version: before + above, deleted, name };
    const answer = await victim.attacker.share([record]);
    expect(answer.code).toBe(status.OK);

    expect(victim.versionOf(victim.peer)).toBe(before + rise);
    expect(victim.peer.stats().refutations).toBe(rise > 0 ? 1 : 0);
    // The answer sets it right at once.
    expect(answer.records.find(({ addr }) => addr === victim.peer.address)).toMatchObject({
      version: before + rise,
      deleted: false,
      name: "victim",
    });
    victim.expectRejected({});
    await victim.expectUnharmed();
  });

  test.each(saidOfMember)(
    "said of a live member: %s; it stays",
    async (_, above, deleted, name) => {
      const victim = await Victim.start();
      const version = victim.versionOf(victim.friend) + above;
      const record = { addr: victim.friend.address, version, deleted, name };
      const { code } = await victim.attacker.share([record]);
      expect(code).toBe(status.OK);
      expect(victim.peer.members().get(victim.friend.address)?.info).toEqual({ name: "friend" });

      // It has been asked since then, and more than once.
      const answered = countAnswered(victim.peer);
      await eventually(() => expect(countAnswered(victim.peer)).toBeGreaterThan(answered + 2));
      victim.expectRejected({});
      await victim.expectUnharmed();
    },
  );

  test("a higher version with another name is believed only until the member speaks for itself", async () => {
    const victim = await Victim.start();
    const version = victim.versionOf(victim.friend) + 1_000;
    await victim.attacker.share([{ addr: victim.friend.address, version, name: "forged" }]);
    await eventually(() => {
      expect(victim.peer.members().get(victim.friend.address)?.info).toEqual({ name: "friend" });
    });
    await victim.expectUnharmed();
  });

  test("a flood of such records makes no flood of dials", async () => {
    const victim = await Victim.start();
    const { dialsStarted } = victim.peer.stats();
    for (let call = 0; call < 100; call += 1) {
      const version = victim.versionOf(victim.friend) + 1;
      const record = { addr: victim.friend.address, version, deleted: true, name: "friend" };
      await victim.attacker.share(Array.from({ length: 100 }, () => record));
    }
    // Each asks for more of a pause than the one before.
    expect(victim.peer.stats().dialsStarted - dialsStarted).toBeLessThan(10);
    await victim.expectUnharmed();
  });
});

test("by the seed's rule, a deleted record about a live member is a reason to ask it at once", async () => {
  // Only such a dial can ask it, since its turn never comes.
  const victim = await Victim.start({ ...SEEDS_RULE, pingPeriodMs: 3_600_000 });
  const { dialsStarted } = victim.peer.stats();
  await eventually(async () => {
    const version = victim.versionOf(victim.friend) + 1;
    await victim.attacker.share([{ addr: victim.friend.address, version, deleted: true }]);
    expect(victim.peer.stats().dialsStarted).toBeGreaterThan(dialsStarted);
  });
  await eventually(() => expect(victim.peer.stats().callsUnderWay).toBe(0));
  await victim.expectUnharmed();
});

test("and when it does not answer, it is gone", async () => {
  const victim = await Victim.start({ ...SEEDS_RULE, pingPeriodMs: 3_600_000 });
  const version = victim.versionOf(victim.friend) + 1;
  await victim.friend.stop();
  await eventually(async () => {
    await victim.attacker.share([{ addr: victim.friend.address, version, deleted: true }]);
    expect(victim.peer.members().size).toBe(1);
  });
});
