// A network of namespaces: hosts with one interface each, all on the bridge of a hub. What happens to
// its cables and packets is for the tests to say.

import { NETWORK_PREFIX } from "./prerequisites.js";
import { runCommand } from "./run-command.js";

const INTERFACE = "eth0";
const FILTER = "gossip-faults";
let networks = 0;

/** A host: a namespace with an interface of its own. */
export interface Host {
  /** h1, h2 … */
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
}

/** Which packets a host loses: all that it sends or gets, or those to or from some others. */
export interface Cut {
  readonly direction: "in" | "out";
  /** All, unless given. */
  readonly others?: readonly Host[];
}

/** The hosts of one test, and what can be done to them. */
export class Network implements AsyncDisposable {
  readonly hosts: readonly Host[];
  /** Where all cables end; programs can run there too. */
  readonly hub: Host;

  private constructor(hub: Host, hosts: readonly Host[]) {
    this.hub = hub;
    this.hosts = hosts;
  }

  /** Makes a network of so many hosts. */
  static async build(count: number): Promise<Network> {
    networks += 1;
    const namespace = `${NETWORK_PREFIX}-${process.pid}-${networks}`;
    const hub = { name: "hub", namespace, ip: "10.66.0.254" };
    const hosts = Array.from({ length: count }, (_, index) => ({
      name: `h${index + 1}`,
      namespace: `${namespace}-h${index + 1}`,
      ip: `10.66.0.${index + 1}`,
    }));
    const network = new Network(hub, hosts);
    await runCommand("ip", ["-batch", "-"], [hub, ...hosts].map(namespaceOf).map(added).join(""));
    await runCommand("ip", ["-n", namespace, "-batch", "-"], hubCommands(hub, hosts));
    for (const { namespace, ip } of hosts) {
      await runCommand("ip", ["-n", namespace, "-batch", "-"], hostCommands(ip));
      await nft(namespace, `add table inet ${FILTER}`);
    }
    return network;
  }

  /** Pulls a host's cable, or puts it back. */
  async setCable(host: Host, state: "up" | "down"): Promise<void> {
    await runCommand("ip", ["-n", this.hub.namespace, "link", "set", portOf(host), state]);
  }

  /** Loses packets of a host from now on, until it is healed. */
  async cut(host: Host, { direction, others }: Cut): Promise<void> {
    const side = direction === "in" ? "saddr" : "daddr";
    const ips = others?.map(({ ip }) => ip).join(", ");
    await this.filter(host, direction, `${ips === undefined ? "" : `ip ${side} { ${ips} } `}drop`);
  }

  /** Has a rule of nftables decide on what a host gets or sends, loopback apart. */
  async filter(host: Host, direction: "in" | "out", rule: string): Promise<void> {
    const hook = direction === "in" ? "input" : "output";
    const other = direction === "in" ? "iif" : "oif";
    await nft(
      host.namespace,
      `add chain inet ${FILTER} ${direction} { type filter hook ${hook} priority 0; }
       add rule inet ${FILTER} ${direction} ${other} != lo ${rule}`,
    );
  }

  /** Ends all cuts and filters of these hosts. */
  async heal(hosts: readonly Host[] = this.hosts): Promise<void> {
    for (const { namespace } of hosts)
      await nft(namespace, `flush ruleset; add table inet ${FILTER}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [...this.hosts, this.hub].map(namespaceOf)) {
      await runCommand("ip", ["netns", "delete", name]);
    }
  }
}

async function nft(namespace: string, rules: string): Promise<void> {
  await runCommand("ip", ["netns", "exec", namespace, "nft", "-f", "-"], rules);
}

function namespaceOf({ namespace }: Host): string {
  return namespace;
}

function portOf({ name }: Host): string {
  return `to-${name}`;
}

function added(namespace: string): string {
  return `netns add ${namespace}\n`;
}

function hubCommands({ ip }: Host, hosts: readonly Host[]): string {
  const cables = hosts.flatMap((host) => [
    `link add ${portOf(host)} type veth peer name ${INTERFACE} netns ${host.namespace}`,
    `link set ${portOf(host)} master bridge0 up`,
  ]);
  const bridge = ["add bridge0 type bridge", "set bridge0 up"].map((command) => `link ${command}`);
  return [...bridge, ...cables, `addr add ${ip}/24 dev bridge0`, ""].join("\n");
}

function hostCommands(ip: string): string {
  return [
    "link set lo up",
    `addr add ${ip}/24 dev ${INTERFACE}`,
    `link set ${INTERFACE} up`,
    "",
  ].join("\n");
}
