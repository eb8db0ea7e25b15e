// Too much of what would be good in small amounts.

import { status } from "@grpc/grpc-js";
import { DEFAULT_LIMITS, type Peer } from "gossip";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, startPeer } from "../support/peers.js";
import { startRawServer } from "../support/raw-server.js";
import { Victim } from "../support/victim.js";
import { peerData } from "../support/wire.js";

const MILLION = 1_000_000;
/** Three times what is taken in of one call. */
const INVENTED_PER_CALL = 50_000;
const { maxRecordsPerCall, maxCandidates, maxDials, maxExchanges, maxDialsPerSecond } =
  DEFAULT_LIMITS;

/** An original takes longer than this for a reason to give a peer up. */
const ANSWER_BOUND_MS = 2_000;
/** Long enough for a full queue of candidates to be dialled, at its rate and twice over. */
const NEWCOMER_BOUND_MS = (2 * 1_000 * maxCandidates) / maxDialsPerSecond;
/** A million records take a busy machine half a minute to make, send and read. */
const FLOOD_BOUND_MS = 120_000;

forEachFailureDetection(() => {
  test("a stream of a million records is cut short, and its call ends well", async () => {
    const victim = await Victim.start();
    const record = peerData({ addr: victim.friend.address, version: 1, name: "an old name" });
    // Again if a busy machine made it late.
    await eventually(async () => {
      const code = await victim.attacker.flood(MILLION, () => record, ANSWER_BOUND_MS);
      expect(code).toBe(status.OK);
    });

    await victim.expectUnharmed();
    const { recordsReceived, rejected } = victim.peer.stats();
    victim.expectRejected({ "too-many-records": rejected["too-many-records"] });
    // Only what one call may bring was looked at.
    expect(recordsReceived).toBeGreaterThanOrEqual(maxRecordsPerCall);
    expect(recordsReceived).toBeLessThan(MILLION / 2);
  });

  test("an answer that never ends is cut short too", async () => {
    const victim = await Victim.start({ exchangeTimeoutMs: 500 });
    const record = peerData({ addr: victim.friend.address, version: 1, name: "an old name" });
    const hostile = await startRawServer((call) => {
      const writeMore = (): void => {
        while (!call.cancelled && call.write(record));
      };
      call.on("data", () => {});
      call.on("error", () => {});
      call.on("drain", writeMore);
      writeMore();
    });

    // It answers pings, so it is there; but nothing that it says is taken in.
    await victim.peer.addSeed(hostile);
    await eventually(() => {
      const { exchangesFailed, pingsAnswered } = victim.peer.stats();
      expect(exchangesFailed).toBeGreaterThan(0);
      expect(pingsAnswered).toBeGreaterThan(0);
    });
    await victim.expectUnharmed();
  });
});

test(
  "a million invented addresses keep the dials bounded, and no newcomer out",
  async () => {
    const victim = await Victim.start();
    const peak = new Peak(victim.peer);
    const begunAtMs = performance.now();
    const newcomers: Peer[] = [];
    for (let sent = 0; sent < MILLION; sent += INVENTED_PER_CALL) {
      const code = await victim.attacker.flood(INVENTED_PER_CALL, (index) =>
        invented(sent + index),
      );
      expect(code).toBe(status.OK);
      peak.note();
      if (newcomers.length === 0 && sent > MILLION / 2) {
        newcomers.push(await startPeer({ name: "newcomer", seeds: [victim.peer.address] }));
      }
    }

    await eventually(() => {
      peak.note();
      for (const { address } of newcomers) expect(victim.peer.members().has(address)).toBe(true);
    }, NEWCOMER_BOUND_MS);
    const elapsedMs = performance.now() - begunAtMs;
    const { dialsStarted, rejected } = victim.peer.stats();
    // One second's dials may come at once, at the beginning.
    expect(dialsStarted).toBeLessThanOrEqual(maxDialsPerSecond * (elapsedMs / 1_000 + 1));
    expect(dialsStarted).toBeGreaterThan(maxDialsPerSecond);
    expect(peak.calls).toBeLessThanOrEqual(maxDials + maxExchanges);
    expect(peak.connections).toBeLessThanOrEqual(maxDials + maxExchanges + newcomers.length + 1);
    expect(peak.candidates).toBeLessThanOrEqual(maxCandidates);
    expect(rejected["candidates-full"]).toBeGreaterThan(10 * maxCandidates);
    victim.expectRejected({
      "candidates-full": rejected["candidates-full"],
      "too-many-records": rejected["too-many-records"],
    });
    // None of them was listed or passed on.
    await victim.expectUnharmed(newcomers);
  },
  FLOOD_BOUND_MS,
);

/** The most that a peer had at once of what is bounded, of all the times that it was looked at. */
class Peak {
  readonly #peer: Peer;
  calls = 0;
  connections = 0;
  candidates = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  note(): void {
    const { callsUnderWay, connections, candidates } = this.#peer.stats();
    this.calls = Math.max(this.calls, callsUnderWay);
    this.connections = Math.max(this.connections, connections);
    this.candidates = Math.max(this.candidates, candidates);
  }
}

/** A record of an address of loopback where nobody listens; each `index` gives another one. */
function invented(index: number): Buffer {
  const host = `127.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  return peerData({ addr: `${host}:1`, version: 1, name: "invented" });
}
