// A peer as a process of its own, under every attack on its port that we know of: its neighbours never
// suspect it, and when the attack is over it holds no more than before.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Peer } from "gossip";
import { expect, onTestFinished, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { startPeer } from "../support/peers.js";
import type { Holdings } from "./attacked-peer.js";
import type { Order } from "./attacker.js";
import { ATTACK_NAMES, type AttackName } from "./attacks.js";
import { doOften, FUZZ_BOUND_MS } from "./fuzz-run.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** How much more it may hold than before. */
const GROWTH = 1.1;
/** Memory that is free goes back to the system when the allocator sees fit, on some versions of Node late. */
const RESIDENT_GROWTH = 1.5;
const SETTLE_BOUND_MS = 60_000;
/**
 * Longer than a busy machine may keep a process from running; an attack that is not bounded takes a
 * peer longer.
 */
const PATIENCE_MS = 5_000;
/** Those that are told by their haste alone. Node itself ends a connection with too many resets. */
const HASTY: readonly AttackName[] = ["a million tiny frames on a link"];

function start(script: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    cwd: ROOT,
    execArgv: ["--expose-gc", "--import", "tsx"],
    env: { ...process.env, TSX_TSCONFIG_PATH: "tsconfig.json" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** The attacked peer, two neighbours of it, and its attacker. */
class Scene {
  readonly #attacked: ChildProcess;
  readonly #attacker: ChildProcess;
  readonly #port: number;
  readonly #neighbours: readonly Peer[];
  readonly #logs: readonly EventLog[];
  readonly #address: string;

  private constructor(
    attacked: ChildProcess,
    attacker: ChildProcess,
    address: string,
    neighbours: readonly Peer[],
  ) {
    this.#attacked = attacked;
    this.#attacker = attacker;
    this.#address = address;
    this.#port = portOf(address);
    this.#neighbours = neighbours;
    this.#logs = neighbours.map((peer) => new EventLog(peer));
  }

  static async set(): Promise<Scene> {
    const attacked = start("attacked-peer.ts");
    const [address] = (await once(attacked, "message")) as [string];
    const options = { pingPeriodMs: 200, probeTimeoutMs: PATIENCE_MS, seeds: [address] };
    const neighbours = [await startPeer(options), await startPeer(options)];
    const scene = new Scene(attacked, start("attacker.ts"), address, neighbours);
    await eventually(() => {
      for (const neighbour of neighbours) expect(neighbour.members().size).toBe(3);
    });
    return scene;
  }

  async holdings(): Promise<Holdings> {
    this.#attacked.send("tell");
    const [held] = (await once(this.#attacked, "message")) as [Holdings];
    return held;
  }

  async attack(attack: AttackName, seed: number): Promise<void> {
    const order: Order = { attack, port: this.#port, seed };
    this.#attacker.send(order);
    await once(this.#attacker, "message");
    expect(this.#attacked.exitCode, `after ${attack}`).toBe(null);
  }

  /** Neither neighbour ever doubted it, and each still has its answers. */
  async expectUntouched(): Promise<void> {
    const answered = this.#neighbours.map((peer) => peer.stats().probesTimely);
    await eventually(() => {
      for (const [index, peer] of this.#neighbours.entries()) {
        expect(peer.stats().probesTimely).toBeGreaterThan((answered[index] ?? 0) + 4);
      }
    });
    for (const { events } of this.#logs) {
      const told = events.filter((event) => {
        return "member" in event && event.member.address === this.#address;
      });
      const doubts = told.map(({ type }) => type).filter((type) => type !== "member-joined");
      expect(doubts).toEqual([]);
    }
  }
}

test(
  "a peer under attack goes on answering, and holds no more afterwards than before",
  async () => {
    const scene = await Scene.set();
    // Twice unmeasured, so that all code has run and was compiled, and all that is kept for good is there.
    for (const seed of [1, 2]) {
      for (const attack of ATTACK_NAMES) await scene.attack(attack, seed);
    }
    await scene.expectUntouched();
    const before = await scene.holdings();
    await doOften(1, async (random) => {
      for (const attack of ATTACK_NAMES) {
        const { tooFast } = await scene.holdings();
        await scene.attack(attack, Math.floor(random() * 2 ** 31));
        if (!HASTY.includes(attack)) continue;
        await eventually(async () => {
          expect((await scene.holdings()).tooFast, attack).toBeGreaterThan(tooFast);
        });
      }
      await scene.expectUntouched();
      await eventually(async () => {
        const after = await scene.holdings();
        expect(after.heapBytes).toBeLessThanOrEqual(GROWTH * before.heapBytes);
        expect(after.residentBytes).toBeLessThanOrEqual(RESIDENT_GROWTH * before.residentBytes);
        // To its two neighbours.
        expect(after.links).toBe(2);
      }, SETTLE_BOUND_MS);
    });
  },
  FUZZ_BOUND_MS + 120_000,
);
