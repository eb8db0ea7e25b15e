// The checkers of the simulator find a bug of an application: each peer wants to be at the head, and writes
// one more than the highest number that it sees. So does every other, and they never come to rest.

import type { Peer } from "gossip";
import { CheckerSet, Simulator } from "gossip/simulator";

/** Writes a higher number than anyone else. */
async function keepAhead(peer: Peer): Promise<void> {
  let own = 0;
  for await (const event of peer.events()) {
    if (event.type !== "member-updated" || event.member.address === peer.address) continue;
    const theirs = Number(event.member.info.metadata?.["rank"]);
    if (!(theirs > own)) continue;
    own = theirs + 1;
    peer.updateInfo({ name: peer.info.name, metadata: { rank: `${own}` } });
  }
}

const network = { latency: { oneWayMs: 100, jitterMs: 10 } };
const sim = new Simulator({ seed: 42, peers: 3, network });
const checkers = new CheckerSet(sim);
sim.observe(checkers);
for (const { peer } of sim.peers) void keepAhead(peer);

await sim.runForAsync(10_000);
console.log("violations while nothing is written:", checkers.violations.length);

// One update, and nothing else is ever done.
sim.peer(0).peer.updateInfo({ name: "peer-0", metadata: { rank: "1" } });
await sim.runForAsync(5_000);
const rest = checkers.watchRest();
await sim.runForAsync(rest.leastMs);
rest.check();
const [first] = checkers.violations;
console.log("violations after one update:", checkers.violations.length > 0);
console.log(`${first?.invariant}: ${first?.message.replace(/\d+ messages/, "many messages")}`);
