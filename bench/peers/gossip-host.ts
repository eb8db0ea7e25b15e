// A host with peers of this package, as an application would use it: the built package with its
// defaults, but for what is given in the argument.

import { Peer, type PeerEvent, type PeerOptions } from "gossip";
import { type Members, serveHost } from "./line-host.js";
import type { Views } from "./views.js";

class GossipMembers implements Members {
  readonly #options: Partial<PeerOptions>;
  readonly #views: Views;
  readonly #peers = new Map<number, Peer>();
  readonly #indices = new Map<string, number>();
  #updates = 0;

  constructor(options: Partial<PeerOptions>, views: Views) {
    this.#options = options;
    this.#views = views;
  }

  async start(
    member: number,
    { port, seedPort, seed }: { port: number; seedPort: number; seed: number },
  ): Promise<void> {
    const seeds = member === seed ? [] : [`127.0.0.1:${seedPort}`];
    const peer = await Peer.start({
      ...this.#options,
      address: `127.0.0.1:${port}`,
      info: { name: `m${member}` },
      seeds,
    });
    this.#peers.set(member, peer);
    this.#views.add(member);
    void this.#watch(member, peer);
  }

  update(member: number): void {
    this.#updates += 1;
    this.#peer(member).updateInfo({ name: `m${member}-${this.#updates}` });
  }

  leave(member: number): Promise<void> {
    return this.#peer(member).leave();
  }

  async #watch(observer: number, peer: Peer): Promise<void> {
    const events = peer.events();
    for (const { address, info } of peer.members().values()) {
      this.#views.listed(observer, this.#indexOf(address, info.name));
    }
    for await (const event of events) this.#take(observer, event);
  }

  #take(observer: number, event: PeerEvent): void {
    switch (event.type) {
      case "member-joined":
        return this.#views.listed(observer, this.#subjectOf(event));
      case "member-updated":
        return this.#views.updated(observer, this.#subjectOf(event));
      case "member-failed":
      case "member-left":
        return this.#views.gone(observer, this.#subjectOf(event));
      case "events-dropped":
        throw new Error("events were dropped: the figures would be wrong");
      case "member-suspected":
      case "suspicion-cleared":
      case "self-refuted":
        return;
      default:
        return event satisfies never;
    }
  }

  #subjectOf({ member }: { member: { address: string; info: { name: string } } }): number {
    return this.#indexOf(member.address, member.info.name);
  }

  #indexOf(address: string, name: string): number {
    let index = this.#indices.get(address);
    if (index === undefined) {
      index = Number.parseInt(name.slice(1), 10);
      this.#indices.set(address, index);
    }
    return index;
  }

  #peer(member: number): Peer {
    const peer = this.#peers.get(member);
    if (peer === undefined) throw new Error(`member ${member} is not here`);
    return peer;
  }
}

const options: Partial<PeerOptions> = JSON.parse(process.argv[2] ?? "{}");
serveHost((views) => new GossipMembers(options, views));
