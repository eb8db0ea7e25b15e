// A host that vanishes: connections to it are neither refused nor reset, there is only silence.

import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { startSilentHost } from "../support/hosts.js";
import {
  errorCodeOf,
  expectAllSeeAll,
  forEachFailureDetection,
  restartPeer,
  startCluster,
  startPeerBehindRoad,
} from "../support/peers.js";

/** Silence is waited for twice: for the exchange, and for the ping that judges it. */
const IMPATIENT = { probeTimeoutMs: 500, exchangeTimeoutMs: 500, pingTimeoutMs: 500 };

forEachFailureDetection((kind) => {
  test("a member whose host vanishes is given up by all, while news still travels", async () => {
    const [peer0, peer1] = await startCluster(2, IMPATIENT);
    const others = [peer0, peer1 ?? expect.fail("no peer1")];
    const { peer: victim, road } = await startPeerBehindRoad({
      name: "victim",
      seeds: [peer0.address],
    });
    await eventually(() => expectAllSeeAll([victim, ...others]));
    const log = new EventLog(peer0);

    road.fallSilent();
    await victim.stop();
    peer0.updateInfo({ name: "news" });
    await eventually(() => expect(peer1?.members().get(peer0.address)?.info.name).toBe("news"));

    await eventually(() => expectAllSeeAll(others));
    const event = await log.waitFor("member-failed victim");
    // By the native protocol it is whoever finds it out first who tells the others.
    const reason = kind === "immediate" ? /did not answer within/ : /it does not answer us|says so/;
    expect(event).toHaveProperty("reason", expect.stringMatching(reason));
  });

  test("a port that accepts and says nothing takes a dead peer's place, and then the peer is back", async () => {
    const [peer0, peer1, peer2] = await startCluster(3, IMPATIENT);
    const { address } = peer2 ?? expect.fail("no peer2");
    const others = [peer0, peer1 ?? expect.fail("no peer1")];

    await peer2?.stop();
    const silentHost = await startSilentHost(address);
    await eventually(() => expectAllSeeAll(others));
    expect(await errorCodeOf(peer0.addSeed(address))).toBe("SEED_UNREACHABLE");

    await silentHost.close();
    const restarted = await restartPeer(address, { name: "back", seeds: [peer0.address] });
    await eventually(() => expectAllSeeAll([restarted, ...others]));
  });

  test("a vanished host that becomes reachable again is listed again", async () => {
    // Nothing passes either way: a link carries the answers of both its ends.
    const { peer: peer0, road: road0 } = await startPeerBehindRoad({ ...IMPATIENT, name: "peer0" });
    const { peer: victim, road } = await startPeerBehindRoad({
      ...IMPATIENT,
      name: "victim",
      seeds: [peer0.address],
    });
    await eventually(() => expectAllSeeAll([victim, peer0]));

    road0.fallSilent();
    road.fallSilent();
    await eventually(() => expectAllSeeAll([peer0]));
    await eventually(() => expectAllSeeAll([victim]));
    road0.reopen();
    road.reopen();
    await eventually(() => expectAllSeeAll([victim, peer0]));
  });
});
