// Who reaches whom, as the members themselves tell: asked over links that are there, or that are
// opened for it and closed again.

import { expect, test } from "vitest";
import { MAX_LINK_INQUIRIES } from "../../src/core/native/link-inquiries.js";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { errorCodeOf } from "../support/peers.js";

function newCluster(peers: number): Simulator {
  const sim = new Simulator({ seed: 1, peers, start: "converged" });
  sim.runFor(20_000);
  return sim;
}

/** Of these the first has no link to it. */
function strangerOf(sim: Simulator): SimPeer {
  const linked = new Set(
    sim
      .peer(0)
      .peer.links()
      .map(({ address }) => address),
  );
  const stranger = sim.peers.slice(1).find(({ address }) => !linked.has(address));
  return stranger ?? expect.fail("all are linked to the first");
}

function ask(sim: Simulator, subject: SimPeer, withinMs = 1_000) {
  const asked = sim.peer(0).peer.askLinks(subject.address, { timeoutMs: withinMs });
  // Handled here, and looked at once time has passed.
  asked.catch(() => {});
  sim.runFor(withinMs);
  return asked;
}

test("a member tells whom it is linked to, and the round trips that it measured", async () => {
  const sim = newCluster(30);
  const subject = strangerOf(sim);
  const connections = sim.peer(0).connectionCount;
  const links = await ask(sim, subject);
  const neighbours = links.filter(({ isNeighbour }) => isNeighbour).map(({ address }) => address);
  expect(new Set(neighbours)).toEqual(new Set(sim.peer(3).peer.watchersOf(subject.address)));
  const probed = links.filter(({ isLatestProbeTimely }) => isLatestProbeTimely === true);
  expect(probed.length).toBeGreaterThan(4);
  // A probe that waited for its link measures none.
  const measured = links.filter(({ roundTripMs = 0 }) => roundTripMs > 0);
  expect(measured.length).toBeGreaterThan(2);
  // The link that was opened for it is closed again.
  expect(sim.peer(0).connectionCount).toBe(connections);
});

test("a one-way link is seen from the side whose probes are not answered", async () => {
  const sim = newCluster(12);
  const subject = strangerOf(newCluster(12));
  const peer = sim.peers.find(({ address }) => address === subject.address) ?? sim.peer(1);
  const [deafTo] = peer.peer.links().filter(({ isNeighbour }) => isNeighbour);
  const other = sim.peers.find(({ address }) => address === deafTo?.address);
  sim.cut([other ?? sim.peer(2)], [peer]);
  const seen = sim.runUntil(
    () => peer.peer.links().some((link) => link.isLatestProbeTimely === false),
    { withinMs: 60_000 },
  );
  expect(seen).toBeDefined();
  const links = await ask(sim, peer, 20);
  const toOther = links.filter(({ address }) => address === other?.address);
  expect(toOther.map(({ isLatestProbeTimely }) => isLatestProbeTimely)).toContain(false);
});

test("all members of a cluster can be asked, and nothing is left open", async () => {
  const sim = newCluster(60);
  const connections = sim.peer(0).connectionCount;
  const asked = sim.peers.map(({ address }) => {
    return sim.peer(0).peer.askLinks(address, { timeoutMs: 30_000 });
  });
  let mostConnections = 0;
  for (let step = 0; step < 1_000; step += 1) {
    sim.runFor(10);
    mostConnections = Math.max(mostConnections, sim.peer(0).connectionCount);
  }
  const answers = await Promise.all(asked);
  expect(answers.every((links) => links.length >= 4)).toBe(true);
  // As many that are asked, and as many that are just being closed.
  expect(mostConnections).toBeLessThanOrEqual(connections + 2 * MAX_LINK_INQUIRIES);
  expect(sim.peer(0).connectionCount).toBeLessThanOrEqual(connections + 1);
  expect(sim.agrees).toBe(true);
});

test("who is gone, unknown or silent is told apart", async () => {
  const sim = newCluster(12);
  const [first, gone, silent] = [sim.peer(0), sim.peer(5), sim.peer(7)];
  expect(await errorCodeOf(first.peer.askLinks("10.99.99.99:1"))).toBe("UNKNOWN_MEMBER");
  sim.leave(gone);
  sim.runFor(5_000);
  expect(await errorCodeOf(first.peer.askLinks(gone.address))).toBe("CALL_UNREACHABLE");
  sim.pause(silent);
  expect(await errorCodeOf(ask(sim, silent, 300))).toBe("CALL_TIMEOUT");
  expect(await errorCodeOf(first.peer.askLinks(silent.address, { timeoutMs: 0 }))).toBe(
    "INVALID_OPTION",
  );
  expect(await first.peer.askLinks(first.address)).toEqual(first.peer.links());
  const asked = first.peer.askLinks(silent.address);
  void first.peer.stop();
  expect(await errorCodeOf(asked)).toBe("STOPPED");
  expect(await errorCodeOf(first.peer.askLinks(silent.address))).toBe("STOPPED");
});
