// Several cores against each other, in virtual time and with delayed messages. At every step it
// checks the rules that hold at any time, and throws where one is broken.

import { Core } from "../../src/core/core.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/core/limits.js";
import type { Effect, Input } from "../../src/core/messages.js";
import { startVersion } from "../../src/core/own-record.js";
import type { Random } from "../../src/core/random.js";
import type { PeerRecord } from "../../src/core/record.js";
import { DEFAULT_TIMING, type Timing } from "../../src/core/timing.js";
import { seededRandom } from "./seeded-random.js";

/** The time of day at which every world begins. */
const START_OF_WORLD_MS = Date.UTC(2026, 0, 1);
const MAX_STEPS = 5_000_000;

export interface CoreWorldOptions {
  readonly seed: number;
  readonly limits?: Partial<Limits>;
  readonly timing?: Partial<Timing>;
  /** Somebody forges records, so that a listed record need not be one that its owner wrote. */
  readonly hasForger?: boolean;
}

type CallEffect = Extract<Effect, { type: "call-exchange" | "call-ping" }>;

/** A core that runs, from its start to its end. */
interface Boot {
  readonly address: string;
  readonly core: Core;
  /** Calls of its own that have not ended. */
  readonly calls: Map<number, CallEffect>;
  /** Calls of others that it has not answered: how to pass the answer on. */
  readonly requests: Map<number, (records: readonly PeerRecord[]) => void>;
  /** Who has answered it. */
  readonly answeredBy: Set<string>;
  lastRequestId: number;
  ownVersion: number;
}

interface Delivery {
  readonly atMs: number;
  readonly deliver: () => void;
}

/** A network of cores. */
export class CoreWorld {
  now = 0;
  /** How long a message takes, at least and at most. */
  delayMs: readonly [least: number, most: number] = [1, 20];
  readonly #options: CoreWorldOptions;
  readonly #random: Random;
  readonly #boots = new Map<string, Boot>();
  /** Addresses whose host answers nothing, not even that nobody listens. */
  readonly #vanished = new Set<string>();
  /** In the order in which they are due. */
  readonly #deliveries: Delivery[] = [];
  /** All that the owner of an address ever wrote, as `version name`. */
  readonly #written = new Map<string, Set<string>>();

  constructor(options: CoreWorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  // What can be done.

  /** Starts a peer; after an end at the same address this is a restart. */
  start(address: string, name: string, seeds: readonly string[]): void {
    if (this.#boots.has(address)) throw new Error(`${address} runs already`);
    const core = new Core(
      {
        address,
        info: { name },
        version: startVersion(START_OF_WORLD_MS + this.now),
        limits: { ...DEFAULT_LIMITS, ...this.#options.limits },
        timing: { ...DEFAULT_TIMING, ...this.#options.timing },
        random: this.#random,
      },
      this.now,
    );
    const boot: Boot = {
      address,
      core,
      calls: new Map(),
      requests: new Map(),
      answeredBy: new Set(),
      lastRequestId: 0,
      ownVersion: core.self.version,
    };
    this.#boots.set(address, boot);
    this.#vanished.delete(address);
    for (const seed of seeds) core.addSeed(seed, this.now);
    this.#settle(boot);
  }

  updateInfo(address: string, name: string): void {
    const boot = this.#boot(address);
    boot.core.updateInfo({ name });
    this.#settle(boot);
  }

  /** It ends without a word. Its host refuses calls from then on, or vanishes with it. */
  crash(address: string, vanishes: boolean): void {
    this.#boots.delete(address);
    if (vanishes) this.#vanished.add(address);
  }

  /** It tells the others, and ends. */
  leave(address: string): void {
    const boot = this.#boot(address);
    boot.core.leave(this.now);
    this.#settle(boot);
  }

  /** Somebody who is no peer sends records to a peer. */
  send(address: string, records: readonly PeerRecord[]): void {
    const boot = this.#boot(address);
    this.#deliverRequest(boot, records, () => {});
  }

  // What can be seen.

  isRunning(address: string): boolean {
    return this.#boots.has(address);
  }

  /** True unless it has ended, or is about to because it leaves. */
  isStaying(address: string): boolean {
    return this.#boots.get(address)?.core.self.status === "live";
  }

  /** The names of all peers that run, by address. */
  running(): ReadonlyMap<string, string> {
    const entries = Array.from(this.#boots.values(), ({ core }) => core.self);
    return new Map(entries.map((self) => [self.address, self.info.name]));
  }

  /** The names of the live members that one peer lists, by address. */
  listedBy(address: string): ReadonlyMap<string, string> {
    const members = Array.from(this.#boot(address).core.members("live"));
    return new Map(members.map((member) => [member.address, member.info.name]));
  }

  /** True when every peer that runs lists exactly those that run, by the names that they have. */
  agrees(): boolean {
    const running = this.running();
    return Array.from(running.keys()).every((address) => sameMap(this.listedBy(address), running));
  }

  /** What each peer lists, for people. */
  describe(): string {
    const lines = Array.from(this.#boots.keys(), (address) => {
      const listed = Array.from(this.listedBy(address), ([other, name]) => `${other}=${name}`);
      return `${address} lists ${listed.sort().join(", ")}`;
    });
    return [`at ${this.now} ms:`, ...lines].join("\n");
  }

  // Time.

  /** Lets time pass. */
  run(ms: number): void {
    const endMs = this.now + ms;
    this.#runWhile(() => true, endMs);
    this.now = endMs;
  }

  /** Lets time pass until they agree; false when they do not within `ms`. */
  runUntilAgreed(ms: number): boolean {
    return this.#runWhile(() => !this.agrees(), this.now + ms);
  }

  /** Returns true when the condition no longer holds, false when the time was over. */
  #runWhile(goesOn: () => boolean, endMs: number): boolean {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (!goesOn()) return true;
      if (!this.#step(endMs)) return false;
    }
    throw new Error(`the cores keep each other busy for ever at ${this.now} ms`);
  }

  /** Does the next thing that is due by `endMs`; false when there is none. */
  #step(endMs: number): boolean {
    let nextMs = this.#deliveries[0]?.atMs ?? Number.POSITIVE_INFINITY;
    let waking: Boot | undefined;
    for (const boot of this.#boots.values()) {
      const wakeMs = boot.core.nextTimeoutMs(this.now) ?? Number.POSITIVE_INFINITY;
      if (wakeMs >= nextMs) continue;
      nextMs = wakeMs;
      waking = boot;
    }
    if (nextMs > endMs) return false;
    this.now = Math.max(this.now, nextMs);
    if (waking === undefined) {
      this.#deliveries.shift()?.deliver();
    } else {
      waking.core.onTimeout(this.now);
      this.#settle(waking);
    }
    return true;
  }

  // Messages.

  #after(ms: number, deliver: () => void): void {
    const atMs = this.now + ms;
    let place = this.#deliveries.length;
    while (place > 0 && (this.#deliveries[place - 1]?.atMs ?? 0) > atMs) place -= 1;
    this.#deliveries.splice(place, 0, { atMs, deliver });
  }

  #travel(deliver: () => void): void {
    const [least, most] = this.delayMs;
    this.#after(least + this.#random() * (most - least), deliver);
  }

  #boot(address: string): Boot {
    const boot = this.#boots.get(address);
    if (boot === undefined) throw new Error(`${address} does not run`);
    return boot;
  }

  #settle(boot: Boot): void {
    for (;;) {
      const effects = boot.core.takeEffects();
      this.#checkLists(boot);
      if (effects.length === 0) return;
      for (const effect of effects) this.#carryOut(boot, effect);
    }
  }

  #carryOut(boot: Boot, effect: Effect): void {
    switch (effect.type) {
      case "call-exchange":
        this.#checkSent(boot, effect.records, effect.address);
        this.#call(boot, effect);
        break;
      case "call-ping":
        this.#call(boot, effect);
        break;
      case "answer":
        this.#checkSent(boot, effect.records, undefined);
        boot.requests.get(effect.requestId)?.(effect.records);
        boot.requests.delete(effect.requestId);
        break;
      case "leave-ended":
        this.#boots.delete(boot.address);
        break;
      case "lookup-seed":
        throw new Error("the seeds of a world are no names");
      case "event":
      case "rejected":
      case "seed-answered":
      case "seed-failed":
        break;
      default:
        effect satisfies never;
    }
  }

  #call(caller: Boot, call: CallEffect): void {
    const { callId, address, timeoutMs } = call;
    caller.calls.set(callId, call);
    const fail = (timedOut: boolean): void => {
      const reason = timedOut ? "not answered in time" : "connection refused";
      this.#end(caller, { type: "call-failed", callId, timedOut, reason });
    };
    this.#after(timeoutMs, () => fail(true));
    this.#travel(() => {
      if (this.#vanished.has(address)) return;
      const callee = this.#boots.get(address);
      if (callee === undefined) return this.#travel(() => fail(false));
      if (call.type === "call-ping") {
        return this.#travel(() => this.#end(caller, { type: "pong", callId }));
      }
      this.#deliverRequest(callee, call.records, (records) => {
        this.#travel(() => {
          this.#end(caller, { type: "exchange-answer", callId, records, complete: true });
        });
      });
    });
  }

  #deliverRequest(
    callee: Boot,
    records: readonly PeerRecord[],
    onAnswer: (records: readonly PeerRecord[]) => void,
  ): void {
    callee.lastRequestId += 1;
    const requestId = callee.lastRequestId;
    callee.requests.set(requestId, onAnswer);
    callee.core.handle({ type: "exchange-request", requestId, records }, this.now);
    this.#settle(callee);
  }

  /** Ends a call, unless it has ended, or its caller has. */
  #end(caller: Boot, input: Extract<Input, { readonly callId: number }>): void {
    const call = caller.calls.get(input.callId);
    if (call === undefined || this.#boots.get(caller.address) !== caller) return;
    caller.calls.delete(input.callId);
    if (input.type !== "call-failed") caller.answeredBy.add(call.address);
    caller.core.handle(input, this.now);
    this.#settle(caller);
  }

  // Rules.

  /** What a peer sends: itself, and members that answered it; never to one its own record. */
  #checkSent(boot: Boot, records: readonly PeerRecord[], to: string | undefined): void {
    const [own, ...others] = records;
    if (own?.address !== boot.address) throw new Error(`${boot.address} did not send itself first`);
    for (const { address, deleted } of others) {
      if (deleted) throw new Error(`${boot.address} sent that ${address} is deleted`);
      if (address === to) throw new Error(`${boot.address} sent ${address} its own record`);
      if (boot.answeredBy.has(address)) continue;
      throw new Error(`${boot.address} sent ${address}, which has not answered it`);
    }
  }

  /** What a peer lists: addresses that ran, with what their owners wrote. */
  #checkLists(boot: Boot): void {
    const { core, address: own } = boot;
    const { version, info } = core.self;
    if (version < boot.ownVersion) throw new Error(`${own} fell from ${boot.ownVersion}`);
    boot.ownVersion = version;
    this.#note(own, version, info.name);
    for (const member of core.members("live")) {
      const { address } = member;
      const written = this.#written.get(address);
      if (written === undefined) throw new Error(`${own} lists ${address}, which never ran`);
      if (this.#options.hasForger || written.has(`${member.version} ${member.info.name}`)) continue;
      throw new Error(`${own} lists ${address} as it never was, at ${member.version}`);
    }
  }

  #note(address: string, version: number, name: string): void {
    const written = this.#written.get(address) ?? new Set();
    this.#written.set(address, written.add(`${version} ${name}`));
  }
}

function sameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && Array.from(a).every(([key, value]) => b.get(key) === value);
}
