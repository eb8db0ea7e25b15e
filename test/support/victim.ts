// A peer to be mistreated, with a friend that has to notice nothing of it.

import type { Peer, PeerOptions, RejectionReason } from "gossip";
import { expect } from "vitest";
import { EventLog } from "./event-log.js";
import { eventually } from "./eventually.js";
import { expectAllSeeAll, startPeer } from "./peers.js";
import { RawClient } from "./raw-client.js";
import { RecordingLogger } from "./recording-logger.js";

/** The victim, its friend, and the attacker's connection to the victim. */
export class Victim {
  readonly peer: Peer;
  readonly friend: Peer;
  readonly attacker: RawClient;
  readonly logger: RecordingLogger;
  readonly #events: EventLog;
  #updates = 0;

  private constructor(peer: Peer, friend: Peer, logger: RecordingLogger) {
    this.peer = peer;
    this.friend = friend;
    this.logger = logger;
    this.attacker = new RawClient(peer.address);
    this.#events = new EventLog(peer);
  }

  static async start(options: Partial<PeerOptions> = {}): Promise<Victim> {
    const logger = new RecordingLogger();
    const peer = await startPeer({ ...options, name: "victim", logger });
    const friend = await startPeer({ name: "friend", seeds: [peer.address] });
    await eventually(() => expectAllSeeAll([peer, friend]));
    return new Victim(peer, friend, logger);
  }

  /** The version at which the victim's list shows that member. */
  versionOf(peer: Peer): number {
    return this.peer.members().get(peer.address)?.version ?? expect.fail("not listed");
  }

  /**
   * Exactly so many things were rejected, for exactly these reasons, and the log has a line for
   * each of these reasons.
   */
  expectRejected(counts: Partial<Record<RejectionReason, number>>): void {
    const rejected = Object.entries(this.peer.stats().rejected).filter(([, count]) => count > 0);
    expect(Object.fromEntries(rejected)).toEqual(counts);
    for (const reason of Object.keys(counts)) {
      expect(this.logger.lines).toContainEqual({
        level: "warn",
        message: expect.stringContaining(reason),
        fields: expect.objectContaining({ reason, count: expect.any(Number) }),
      });
    }
  }

  /**
   * The victim still serves, and still lists exactly itself and its friend (and `others`), nobody of
   * whom it ever gave up; and both still hear of each other's updates.
   */
  async expectUnharmed(others: readonly Peer[] = []): Promise<void> {
    const all = [this.peer, this.friend, ...others];
    await eventually(() => expectAllSeeAll(all));
    this.#updates += 1;
    this.peer.updateInfo({ name: `victim, update ${this.#updates}` });
    this.friend.updateInfo({ name: `friend, update ${this.#updates}` });
    await eventually(() => expectAllSeeAll(all));
    expect(this.#events.lines.filter((line) => /^member-(failed|left)/.test(line))).toEqual([]);

    const answer = await this.attacker.share([]);
    const addresses = answer.records.map(({ addr }) => addr);
    expect(addresses.sort()).toEqual(all.map(({ address }) => address).sort());
  }
}
