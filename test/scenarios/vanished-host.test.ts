// A host that vanishes: connections to it are neither refused nor reset, there is only silence.

import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { startSilentHost } from "../support/hosts.js";
import {
  errorCodeOf,
  expectAllSeeAll,
  restartPeer,
  startCluster,
  startPeerBehindRoad,
} from "../support/peers.js";

/** Silence is waited for twice: for the exchange, and for the ping that judges it. */
const IMPATIENT = { exchangeTimeoutMs: 500, pingTimeoutMs: 500 };

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
  expect(event).toHaveProperty("reason", expect.stringContaining("did not answer within"));
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
  const [peer0] = await startCluster(1, IMPATIENT);
  const { peer: victim, road } = await startPeerBehindRoad({
    name: "victim",
    seeds: [peer0.address],
  });
  await eventually(() => expectAllSeeAll([victim, peer0]));

  road.fallSilent();
  await eventually(() => expectAllSeeAll([peer0]));
  road.reopen();
  await eventually(() => expectAllSeeAll([victim, peer0]));
});
