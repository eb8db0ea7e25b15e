// One core with made-up time and seeded chance, and a script in place of all the others: what they
// ask, and how the calls to them end.

import { Core } from "../../src/core/core.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/core/limits.js";
import type { MemberEvent } from "../../src/core/member.js";
import type { Effect, Input } from "../../src/core/messages.js";
import type { PeerRecord } from "../../src/core/record.js";
import type { Rejection, RejectionReason } from "../../src/core/rejection.js";
import { DEFAULT_TIMING, type Timing } from "../../src/core/timing.js";
import { seededRandom } from "./seeded-random.js";

/** Any time will do; this one shows whoever takes time to begin at 0. */
const START_MS = 123_456;
const MAX_STEPS = 1_000_000;

type ExchangeCall = Extract<Effect, { type: "call-exchange" }>;
type Call = ExchangeCall | Extract<Effect, { type: "call-ping" }>;

/** How an address behaves when it is called: what it answers, or how it does not. */
type Behaviour = "refuses" | "is silent" | "only pongs" | (() => readonly PeerRecord[]);

interface LoneCoreOptions {
  readonly address?: string;
  readonly name?: string;
  readonly version?: number;
  readonly seed?: number;
  readonly limits?: Partial<Limits>;
  readonly timing?: Partial<Timing>;
}

/** A record, live unless it is said to be deleted. */
export function record(address: string, version: number, name = "", deleted = false): PeerRecord {
  return { address, version, deleted, name };
}

/** A core, and what it did. */
export class LoneCore {
  readonly core: Core;
  now = START_MS;
  /** All exchanges that it began, in order. */
  readonly exchanges: (ExchangeCall & { readonly atMs: number })[] = [];
  /** All that it told its application, in order. */
  readonly events: MemberEvent[] = [];
  /** All else that came out of it, in order. */
  readonly others: Effect[] = [];
  readonly #rejections: Rejection[] = [];
  readonly #pending = new Map<number, Call>();
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #answers = new Map<number, readonly PeerRecord[]>();
  #lastRequestId = 0;

  constructor(options: LoneCoreOptions = {}) {
    this.core = new Core(
      {
        address: options.address ?? "10.0.0.1:7946",
        info: { name: options.name ?? "me" },
        version: options.version ?? 60_000_000,
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        timing: { ...DEFAULT_TIMING, ...options.timing },
        random: seededRandom(options.seed ?? 1),
      },
      this.now,
    );
  }

  // Time.

  /** Lets time pass; the core is woken whenever it asked to be. */
  advance(ms: number): void {
    const endMs = this.now + ms;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const nextMs = this.core.nextTimeoutMs(this.now);
      if (nextMs === undefined || nextMs > endMs) {
        this.now = endMs;
        return;
      }
      this.now = Math.max(this.now, nextMs);
      this.core.onTimeout(this.now);
      this.settle();
    }
    throw new Error(`the core asks to be woken at ${this.now} ms for ever`);
  }

  // The others.

  /** From now on, calls to that address end like this; without it they wait for the test. */
  behave(address: string, behaviour: Behaviour): void {
    this.#behaviours.set(address, behaviour);
    this.settle();
  }

  /** Another peer begins an exchange; gives what it is answered. */
  ask(...records: readonly PeerRecord[]): readonly PeerRecord[] {
    this.#lastRequestId += 1;
    const requestId = this.#lastRequestId;
    this.#handle({ type: "exchange-request", requestId, records });
    const answer = this.#answers.get(requestId);
    if (answer === undefined) throw new Error("an exchange was not answered");
    return answer;
  }

  /** The calls to that address that have not ended. */
  callsTo(address: string): readonly Call[] {
    return Array.from(this.#pending.values()).filter((call) => call.address === address);
  }

  /** The exchange with that address that has not ended. */
  exchangeWith(address: string): ExchangeCall {
    const call = this.#callTo(address);
    if (call.type !== "call-exchange") throw new Error(`${address} is pinged, not exchanged with`);
    return call;
  }

  /** The exchange with that address is answered. */
  answer(address: string, records: readonly PeerRecord[], complete = true): void {
    const { callId } = this.exchangeWith(address);
    this.#end(callId, { type: "exchange-answer", callId, records, complete });
  }

  /** The ping of that address is answered. */
  pong(address: string): void {
    const { callId, type } = this.#callTo(address);
    if (type !== "call-ping") throw new Error(`${address} is not pinged`);
    this.#end(callId, { type: "pong", callId });
  }

  /** The call to that address is refused. */
  refuse(address: string): void {
    this.#fail(this.#callTo(address).callId, false);
  }

  /** The call to that address is not answered in time. */
  timeOut(address: string): void {
    this.#fail(this.#callTo(address).callId, true);
  }

  /** The core's address is told of this one, dials it, and is answered: it is a member then. */
  meet(member: PeerRecord, ...alsoListed: readonly PeerRecord[]): void {
    this.ask(member);
    this.answer(member.address, [member, this.self, ...alsoListed]);
  }

  /** A seed's name was looked up. */
  resolve(seed: string, ...addresses: readonly string[]): void {
    this.#handle({ type: "seed-resolved", seed, addresses, reason: "no such name" });
  }

  // What can be seen.

  get address(): string {
    return this.core.address;
  }

  /** The core's own record, as others are sent it. */
  get self(): PeerRecord {
    const { address, info, version, status } = this.core.self;
    return record(address, version, info.name, status === "left");
  }

  /** The records of the live members, without its own. */
  listed(): readonly PeerRecord[] {
    return Array.from(this.core.members("live"), (member) =>
      record(member.address, member.version, member.info.name),
    ).filter((member) => member.address !== this.address);
  }

  /** The record of a live member; undefined when there is none. */
  member(address: string): PeerRecord | undefined {
    return this.listed().find((member) => member.address === address);
  }

  /** Whether an address is listed, is remembered as gone, or is neither. */
  statusOf(address: string): string | undefined {
    for (const member of this.core.members("all")) {
      if (member.address === address) return member.status;
    }
    return undefined;
  }

  /** How often something was not taken in for that reason. */
  rejected(reason: RejectionReason): number {
    const concerned = this.#rejections.filter((rejection) => rejection.reason === reason);
    return concerned.reduce((sum, rejection) => sum + rejection.count, 0);
  }

  /** How often an exchange with that address was begun. */
  dialsOf(address: string): number {
    return this.exchanges.filter((call) => call.address === address).length;
  }

  /** Takes in what the core asks for, and ends the calls whose end is known. */
  settle(): void {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      for (const effect of this.core.takeEffects()) this.#note(effect);
      if (!this.#endOne()) return;
    }
    throw new Error("the core calls for ever");
  }

  #note(effect: Effect): void {
    switch (effect.type) {
      case "call-exchange":
        this.exchanges.push({ ...effect, atMs: this.now });
        this.#pending.set(effect.callId, effect);
        break;
      case "call-ping":
        this.#pending.set(effect.callId, effect);
        break;
      case "answer":
        this.#answers.set(effect.requestId, effect.records);
        break;
      case "event":
        this.events.push(effect.event);
        break;
      case "rejected":
        this.#rejections.push(effect.rejection);
        break;
      case "lookup-seed":
      case "seed-answered":
      case "seed-failed":
      case "leave-ended":
        this.others.push(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  /** Ends one call to an address whose behaviour is known; false when there is none. */
  #endOne(): boolean {
    for (const { callId, address, type } of this.#pending.values()) {
      const behaviour = this.#behaviours.get(address);
      if (behaviour === undefined) continue;
      this.#pending.delete(callId);
      this.core.handle(outcomeOf(behaviour, callId, type), this.now);
      return true;
    }
    return false;
  }

  #callTo(address: string): Call {
    const calls = this.callsTo(address);
    const [call] = calls;
    if (call === undefined || calls.length > 1) {
      throw new Error(`there are ${calls.length} calls to ${address}, not one`);
    }
    return call;
  }

  #fail(callId: number, timedOut: boolean): void {
    this.#end(callId, failure(callId, timedOut));
  }

  #end(callId: number, input: Input): void {
    this.#pending.delete(callId);
    this.#handle(input);
  }

  #handle(input: Input): void {
    this.core.handle(input, this.now);
    this.settle();
  }
}

function outcomeOf(behaviour: Behaviour, callId: number, type: Call["type"]): Input {
  if (behaviour === "refuses") return failure(callId, false);
  if (behaviour === "is silent") return failure(callId, true);
  if (type === "call-ping") return { type: "pong", callId };
  if (behaviour === "only pongs") return failure(callId, true);
  return { type: "exchange-answer", callId, records: behaviour(), complete: true };
}

function failure(callId: number, timedOut: boolean): Input {
  const reason = timedOut ? "not answered in time" : "connection refused";
  return { type: "call-failed", callId, timedOut, reason };
}
