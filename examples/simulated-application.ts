// An application's own logic, tested on a simulated cluster: who of the members leads. The
// application is handed a `Peer` and cannot tell that its time is virtual.

import type { Peer } from "gossip";
import { Simulator } from "gossip/simulator";

/** Follows who leads: the member whose address sorts first. */
class Leadership {
  leader: string;
  /** How often another one came to lead. */
  changes = 0;
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.leader = peer.address;
  }

  async follow(): Promise<void> {
    for await (const _event of this.#peer.events()) {
      const [first = this.leader] = Array.from(this.#peer.members().keys()).sort();
      if (first !== this.leader) this.changes += 1;
      this.leader = first;
    }
  }
}

const sim = new Simulator({ seed: 42, peers: 5 });
const applications = sim.peers.map(({ peer }) => new Leadership(peer));
for (const application of applications) void application.follow();

// Nothing below takes real time: virtual minutes pass in well under a second.
await sim.runForAsync(10_000);
console.log("after the start, all follow", leaders());

const [minority, majority] = [sim.peers.slice(0, 2), sim.peers.slice(2)];
sim.partition(minority, majority);
await sim.runForAsync(30_000);
console.log("in a partition, each side has its own:", leaders());

sim.heal();
await sim.runForAsync(30_000);
console.log("healed, all follow", leaders());

sim.crash(sim.peer(0));
await sim.runForAsync(10_000);
console.log("without the first, the others follow", leaders());

const changes = applications.map((application) => application.changes);
console.log("changes of leader:", changes.join(" "));
console.log(`the same at every run: trace ${sim.traceHash}`);

/** The leaders that the applications of running peers follow, each once. */
function leaders(): string {
  const followed = applications.filter((_, index) => sim.peer(index).isRunning);
  return Array.from(new Set(followed.map(({ leader }) => leader))).join(" and ");
}
