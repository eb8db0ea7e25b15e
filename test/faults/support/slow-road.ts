// A road that takes its time: each host gets a second interface, a TUN device, whose packets travel as
// UDP over the first one to a relay in the middle, which keeps each for a while. Kernels without netem
// can do this too.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Host, Network } from "./network.js";
import { runCommand } from "./run-command.js";

const RELAY = fileURLToPath(new URL("relay.ts", import.meta.url));
/** The port of the relay, and of each end. */
export const ROAD_PORT = 9_000;
/** So that a packet with its outer header still fits into one. */
const TUN_MTU = 1_400;
const READY_BOUND_MS = 30_000;

/** Where a host is on the slow road. */
export function slowIp({ ip }: Host): string {
  return ip.replace("10.66.", "10.67.");
}

/** The relay and the ends of the road. */
export class SlowRoad implements AsyncDisposable {
  readonly #processes: ChildProcess[] = [];
  readonly #exits: Promise<unknown>[] = [];

  /** Builds it between all hosts, with the relay at the hub; packets take so long each way. */
  static async build({ hosts, hub }: Network, delayMs: number): Promise<SlowRoad> {
    const road = new SlowRoad();
    try {
      await road.#build(hosts, hub, delayMs);
      return road;
    } catch (error) {
      await road[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #build(hosts: readonly Host[], hub: Host, delayMs: number): Promise<void> {
    const relay = ["--import", "tsx", RELAY, String(ROAD_PORT), String(delayMs)];
    this.#run(hub, process.execPath, relay);
    for (const host of hosts) {
      const tun = `TUN:${slowIp(host)}/24,iff-up,iff-no-pi,tun-name=slow0`;
      this.#run(host, "socat", [
        tun,
        `UDP-DATAGRAM:${hub.ip}:${ROAD_PORT},bind=${host.ip}:${ROAD_PORT}`,
      ]);
    }
    const shrink = ({ namespace }: Host): Promise<string> =>
      runCommand("ip", ["-n", namespace, "link", "set", "slow0", "mtu", String(TUN_MTU)]);
    await vi.waitFor(() => Promise.all(hosts.map(shrink)), {
      timeout: READY_BOUND_MS,
      interval: 100,
    });
  }

  #run({ namespace }: Host, program: string, argv: readonly string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", namespace, program, ...argv], { stdio: "ignore" });
    this.#processes.push(child);
    this.#exits.push(once(child, "exit"));
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes) child.kill("SIGKILL");
    await Promise.all(this.#exits);
  }
}
