// The original's example: two peers with names, one of which is given the other's address; then the
// first stops, and the other is alone.

import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "gossip";

const pingPeriodMs = 100;

const peer0 = await Peer.start({ address: "127.0.0.1:0", pingPeriodMs });
const peer1 = await Peer.start({ address: "127.0.0.1:0", pingPeriodMs });

peer0.updateInfo({ name: "peer0" });
peer1.updateInfo({ name: "peer1" });

await peer0.addSeed(peer1.address);
await sleep(pingPeriodMs * 5); // a few exchanges

console.log("peer0 lists", namesOf(peer0));
console.log("peer1 lists", namesOf(peer1));

await peer0.stop();
await sleep(pingPeriodMs * 5); // peer1 finds out

console.log("peer1 lists", namesOf(peer1));

await peer1.stop();

function namesOf(peer: Peer): string[] {
  return Array.from(peer.members().values(), (member) => member.info.name);
}
