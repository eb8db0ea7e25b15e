// A cluster of agents on hosts of their own: what each should say of itself, whether all agree on it,
// and what they saw of each other meanwhile.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, vi } from "vitest";
import {
  type EventType,
  type Member,
  MemberStatus,
} from "../../../src/gen/gossip/admin/v1/admin_pb.js";
import { FaultAgent } from "./fault-agent.js";
import { type Host, Network } from "./network.js";
import { NETWORK_PREFIX } from "./prerequisites.js";
import { type Removal, Sightings } from "./sightings.js";

/** How long agents may take to be there, and to agree after a fault. */
const START_BOUND_MS = 60_000;
const AGREEMENT_BOUND_MS = 90_000;
const POLL_MS = 100;
/** The key of the metadata that tests change. */
const KEY = "round";

/** What a cluster is started with. */
export interface ClusterSetup {
  readonly hosts: number;
  /** On how many of them an agent is started, the first ones; all, unless given. */
  readonly agents?: number;
  /** Of all agents; a host's own come after them. */
  readonly env?: (host: Host, folder: string) => Readonly<Record<string, string>>;
  readonly flags?: (host: Host, folder: string) => readonly string[];
  /** Where an agent listens: on its host's interface, unless given. */
  readonly ip?: (host: Host) => string;
  /** Called once the hosts are there, before the agents start. */
  readonly prepare?: (network: Network, folder: string) => Promise<AsyncDisposable | undefined>;
}

/** Agents that found each other. */
export class FaultCluster {
  readonly network: Network;
  readonly sightings = new Sightings();
  readonly folder: string;
  readonly #setup: ClusterSetup;
  readonly #running = new Map<Host, FaultAgent>();
  /** What each agent that runs said of itself last. */
  readonly #said = new Map<Host, string>();
  readonly #prepared: AsyncDisposable | undefined;
  #rounds = 0;

  private constructor(
    network: Network,
    folder: string,
    setup: ClusterSetup,
    prepared: AsyncDisposable | undefined,
  ) {
    this.network = network;
    this.#prepared = prepared;
    this.folder = folder;
    this.#setup = setup;
  }

  /** Starts agents on so many hosts, and waits until all agree. */
  static async start(setup: ClusterSetup): Promise<FaultCluster> {
    const folder = await mkdtemp(join(tmpdir(), `${NETWORK_PREFIX}-`));
    const network = await Network.build(setup.hosts);
    try {
      const prepared = await setup.prepare?.(network, folder);
      const cluster = new FaultCluster(network, folder, setup, prepared);
      await cluster.#meet();
      return cluster;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #meet(): Promise<void> {
    this.sightings.begin("start");
    try {
      const first = this.hosts.slice(0, this.#setup.agents);
      await Promise.all(first.map((host) => this.startAgent(host)));
      await this.agreed();
    } catch (cause) {
      await this.#endAgents();
      throw new Error(`the agents did not find each other; their logs: ${this.folder}`, { cause });
    }
  }

  get hosts(): readonly Host[] {
    return this.network.hosts;
  }

  /** The host of that number, from 1 on. */
  host(number: number): Host {
    const host = this.hosts[number - 1];
    if (host === undefined) throw new RangeError(`there is no host ${number}`);
    return host;
  }

  /** The agent that runs there. */
  agent(host: Host): FaultAgent {
    const agent = this.#running.get(host);
    if (agent === undefined) throw new Error(`no agent runs on ${host.name}`);
    return agent;
  }

  /** Starts an agent, and waits until it answers people. */
  async startAgent(host: Host): Promise<void> {
    const { env, flags, ip = (at: Host) => at.ip } = this.#setup;
    const agent = new FaultAgent({
      host,
      ip: ip(host),
      // Two that begin, so that one of them may fail.
      seeds: this.hosts.slice(0, 2).map((seed) => `${ip(seed)}:7946`),
      folder: this.folder,
      env: env?.(host, this.folder) ?? {},
      flags: [...(flags?.(host, this.folder) ?? []), "--metadata", `${KEY}=0`],
      onEvent: (event) => this.sightings.add(host.name, event),
    });
    this.#running.set(host, agent);
    this.#said.set(host, "0");
    agent.start();
    await this.until(async () => void (await agent.members()), START_BOUND_MS);
    agent.follow();
  }

  /** Ends an agent without a word, as the system does. */
  async kill(host: Host): Promise<void> {
    const agent = this.agent(host);
    agent.signal("SIGKILL");
    await agent.ended();
    this.#running.delete(host);
    this.#said.delete(host);
    await agent[Symbol.asyncDispose]();
  }

  /** Notes what a peer says of itself that is not an agent of this cluster. */
  notes(host: Host, text: string): void {
    this.#said.set(host, text);
  }

  /** Has these agents say something new of themselves. */
  async update(hosts: readonly Host[] = [...this.#running.keys()]): Promise<void> {
    this.#rounds += 1;
    for (const host of hosts) {
      await this.agent(host).setText(KEY, String(this.#rounds));
      this.#said.set(host, String(this.#rounds));
    }
  }

  /**
   * Waits until these agents agree with each other in every counter, and list those alone that are
   * `seen`, each with what it said of itself last.
   */
  async agreed(
    among: readonly Host[] = [...this.#running.keys()],
    seen: readonly Host[] = among,
  ): Promise<void> {
    const expected = seen.map((host) => `${host.name} ${this.#said.get(host)}`).sort();
    await this.until(async () => {
      const lists = await Promise.all(among.map((host) => this.agent(host).members()));
      for (const list of lists) expect(liveOf(list)).toEqual(expected);
      const [first, ...others] = lists.map(countersOf);
      for (const other of others) expect(other).toEqual(first);
    });
    this.sightings.note(`${nameAll(among, this.hosts)} agree`);
  }

  /** Waits until all of these have seen such an event about that host, in the present chapter. */
  async seen(type: EventType, of: Host, by: readonly Host[]): Promise<void> {
    const expected = by.map(({ name }) => name).sort();
    await this.until(() => expect(this.sightings.seenBy(type, of.name)).toEqual(expected));
  }

  /** Waits until the present chapter has lasted so long: a fault has a length. */
  async lasted(ms: number): Promise<void> {
    await pause(Math.max(0, ms - this.sightings.elapsedMs()));
  }

  /** Waits until an assertion holds. */
  async until(assertion: () => void | Promise<void>, boundMs = AGREEMENT_BOUND_MS): Promise<void> {
    await vi.waitFor(assertion, { timeout: boundMs, interval: POLL_MS });
  }

  /** Nobody was taken off a list but those that may be, by those that may. */
  expectRemovedOnly(of: readonly Host[], by: readonly Host[] = this.hosts): void {
    const isAllowed = (removal: Removal): boolean =>
      of.some(({ name }) => name === removal.of) && by.some(({ name }) => name === removal.by);
    const others = this.sightings.removals().filter((removal) => !isAllowed(removal));
    expect(others).toEqual([]);
  }

  /** Ends all; the logs stay for those who look into a failure. */
  async end({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
    await this.#endAgents();
    await this.network[Symbol.asyncDispose]();
    if (!keepsLogs) await rm(this.folder, { recursive: true });
  }

  async #endAgents(): Promise<void> {
    for (const agent of this.#running.values()) await agent[Symbol.asyncDispose]();
    await this.#prepared?.[Symbol.asyncDispose]();
  }
}

function nameAll(some: readonly Host[], all: readonly Host[]): string {
  return some.length === all.length ? "all" : some.map(({ name }) => name).join(", ");
}

/** The live members of a list, and what they say of themselves. */
function liveOf(members: readonly Member[]): string[] {
  const live = members.filter(({ status }) => status === MemberStatus.LIVE);
  return live
    .map(({ info }) => {
      const kind = info?.metadata[KEY]?.kind;
      return `${info?.name} ${kind?.case === "text" ? kind.value : undefined}`;
    })
    .sort();
}

/** All that peers have to agree on, those that are gone included. */
function countersOf(members: readonly Member[]): string[] {
  return members
    .map(({ address, startedAt, incarnation, version, status }) =>
      [
        address,
        startedAt?.seconds,
        startedAt?.nanos,
        incarnation,
        version,
        MemberStatus[status],
      ].join(" "),
    )
    .sort();
}
