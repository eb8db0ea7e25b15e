// A program: a peer that is started at one address again and again. Each boot waits until it lists all;
// then it ends without a word, every other time after telling that it leaves. The last one stays.

import { setTimeout as pause } from "node:timers/promises";
import { Peer } from "gossip";

const [address = "", seed = "", boots = "", members = "", name = ""] = process.argv.slice(2);
const POLL_MS = 2;

for (let boot = 1; boot <= Number(boots); boot += 1) {
  const info = { name, metadata: { round: String(boot) } };
  const peer = await Peer.start({ address, seeds: [seed], info });
  while (peer.members().size < Number(members)) await pause(POLL_MS);
  if (boot < Number(boots)) await (boot % 2 === 0 ? peer.leave() : peer.stop());
}
console.log("all boots done");
