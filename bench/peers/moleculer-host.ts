// A host with brokers of moleculer on its TCP transporter, through its public API: members are what
// its registry calls nodes, and an update is a service more, which is what can change while it runs.

import { type BrokerNode, type Context, ServiceBroker, type ServiceEvents } from "moleculer";
import { type Members, serveHost } from "./line-host.js";
import type { Views } from "./views.js";

/** What `$node.*` events carry. */
interface NodeEvent {
  readonly node: BrokerNode;
}

class MoleculerMembers implements Members {
  readonly #views: Views;
  readonly #brokers = new Map<number, ServiceBroker>();
  #updates = 0;

  constructor(views: Views) {
    this.#views = views;
  }

  async start(
    member: number,
    { port, seedPort, seed }: { port: number; seedPort: number; seed: number },
  ): Promise<void> {
    const urls = member === seed ? [] : [`127.0.0.1:${seedPort}/m${seed}`];
    const options = { udpDiscovery: false, port, urls, useHostname: false };
    const broker = new ServiceBroker({
      nodeID: `m${member}`,
      logger: false,
      // One process has many: each would add handlers of the process's signals.
      skipProcessEventRegistration: true,
      transporter: { type: "TCP", options },
    });
    this.#brokers.set(member, broker);
    this.#views.add(member);
    broker.createService({ name: "watch", events: this.#watch(member) });
    await broker.start();
  }

  update(member: number): void {
    this.#updates += 1;
    this.#broker(member).createService({ name: `updated-${this.#updates}` });
  }

  async leave(member: number): Promise<void> {
    await this.#broker(member).stop();
  }

  #watch(observer: number): ServiceEvents {
    const views = this.#views;
    const onEvent = (take: (node: BrokerNode) => void) => ({
      // Or it would have to guess by the names of the arguments what these are.
      context: true,
      handler: ({ params }: Context<NodeEvent>) => take(params.node),
    });
    return {
      "$node.connected": onEvent((node) => views.listed(observer, indexOf(node))),
      "$node.disconnected": onEvent((node) => views.gone(observer, indexOf(node))),
      "$node.updated": onEvent((node) => {
        const name = `updated-${this.#updates}`;
        const isMeant = node.services.some((service) => service["name"] === name);
        if (isMeant) views.updated(observer, indexOf(node));
      }),
    };
  }

  #broker(member: number): ServiceBroker {
    const broker = this.#brokers.get(member);
    if (broker === undefined) throw new Error(`member ${member} is not here`);
    return broker;
  }
}

function indexOf(node: BrokerNode): number {
  return Number(node.id.slice(1));
}

serveHost((views) => new MoleculerMembers(views));
