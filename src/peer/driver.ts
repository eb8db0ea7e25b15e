// Drives the core in an environment: hands it the messages that come and the time, makes the calls
// that it asks for, and tells its listener what happened. No promises: a simulated environment can
// run it step by step.

import { formatAddress, parseAddress } from "../core/address.js";
import type { Core } from "../core/core.js";
import type { Limits } from "../core/limits.js";
import type { Effect, Input } from "../core/messages.js";
import { type Rejection, RejectionCounter, type RejectionReason } from "../core/rejection.js";
import type { CallOutcome, CallRequest, IncomingCall, Respond } from "../transport/transport.js";
import type { RecordCodec } from "../wire/record-codec.js";
import { EMPTY_MESSAGE, PING_METHOD, SHARE_DATA_METHOD } from "../wire/seed-dialect.js";
import type { EngineListener } from "./engine.js";
import { EngineLog } from "./engine-log.js";
import type { Environment } from "./environment.js";
import type { Logger } from "./logger.js";
import { newRejectedCounts } from "./stats.js";
import { WakeUp } from "./wake-up.js";

/** What a driver is made from. */
export interface DriverOptions {
  readonly core: Core;
  readonly environment: Environment;
  readonly codec: RecordCodec;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly listener: EngineListener;
}

/** Runs one core. */
export class Driver {
  readonly rejected: Record<RejectionReason, number> = newRejectedCounts();
  readonly #core: Core;
  readonly #environment: Environment;
  readonly #codec: RecordCodec;
  readonly #limits: Limits;
  readonly #log: EngineLog;
  readonly #listener: EngineListener;
  readonly #responds = new Map<number, Respond>();
  #lastRequestId = 0;
  readonly #wakeUp: WakeUp;
  #isStopped = false;

  constructor(options: DriverOptions) {
    this.#core = options.core;
    this.#environment = options.environment;
    this.#wakeUp = new WakeUp(options.environment, () => this.#onWake());
    this.#codec = options.codec;
    this.#limits = options.limits;
    this.#listener = options.listener;
    this.#log = new EngineLog(options.logger, options.core.address, this.now());
  }

  now(): number {
    return this.#environment.now();
  }

  /** Takes a call that another peer made to us. */
  onCall(call: IncomingCall, respond: Respond): void {
    if (this.#isStopped) return;
    if (call.method === PING_METHOD) {
      this.checkWake();
      respond([EMPTY_MESSAGE]);
      return;
    }
    const records = this.#decode(call.messages, call.dropped, "an exchange that another began");
    this.#lastRequestId += 1;
    const requestId = this.#lastRequestId;
    this.#responds.set(requestId, respond);
    this.#log.debug("received other data", { records: records.length });
    this.#handle({ type: "exchange-request", requestId, records });
  }

  /** Carries out what the core asks for, and sets the timer for its next wake-up. */
  drain(): void {
    this.#listener.onCoreChanged();
    while (!this.#isStopped) {
      const effects = this.#core.takeEffects();
      if (effects.length === 0) break;
      for (const effect of effects) this.#carryOut(effect);
    }
    this.#wakeUp.set(this.#isStopped ? undefined : this.#core.nextTimeoutMs(this.now()));
  }

  /** To be called when anything happens that the core is not told of. */
  checkWake(): void {
    this.#wakeUp.check();
  }

  /** Does nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#wakeUp.cancel();
    this.#responds.clear();
  }

  #handle(input: Input): void {
    if (this.#isStopped) return;
    this.#core.handle(input, this.now());
    this.drain();
  }

  #onWake(): void {
    if (this.#isStopped) return;
    this.#core.onTimeout(this.now());
    this.drain();
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "call-exchange":
        this.#callExchange(effect);
        break;
      case "call-ping":
        this.#callPing(effect);
        break;
      case "answer":
        this.#answer(effect);
        break;
      case "lookup-seed":
        this.#lookUpSeed(effect.seed);
        break;
      case "event":
        this.#log.event(effect.event);
        this.#listener.onMemberEvent(effect.event);
        break;
      case "rejected":
        this.#onRejected(effect.rejection, "what another told us");
        break;
      case "seed-answered":
      case "seed-failed":
        this.#log.seedOutcome(effect);
        this.#listener.onSeedOutcome(effect);
        break;
      case "leave-ended":
        this.#log.left(effect);
        this.#listener.onLeaveEnded();
        break;
      default:
        effect satisfies never;
    }
  }

  #callExchange(effect: Extract<Effect, { type: "call-exchange" }>): void {
    const { address: to, callId, records, timeoutMs } = effect;
    this.#log.debug(`chose ${to} to send info`, { to, purpose: effect.purpose.type });
    const messages = this.#codec.encode(records);
    this.#call({ address: to, method: SHARE_DATA_METHOD, messages, timeoutMs }, (outcome) => {
      if (outcome.type === "failed") return this.#onCallFailed(callId, outcome);
      const received = this.#decode(outcome.messages, outcome.dropped, `the answer of ${to}`);
      this.#log.debug("received other data", { from: to, records: received.length });
      const complete = received.length === outcome.messages.length && outcome.dropped === 0;
      this.#handle({ type: "exchange-answer", callId, records: received, complete });
    });
    this.#log.debug("sent self data", { to, records: records.length });
  }

  #callPing(effect: Extract<Effect, { type: "call-ping" }>): void {
    const { address, callId, timeoutMs } = effect;
    const messages = [EMPTY_MESSAGE];
    this.#call({ address, method: PING_METHOD, messages, timeoutMs }, (outcome) => {
      if (outcome.type === "failed") this.#onCallFailed(callId, outcome);
      else this.#handle({ type: "pong", callId });
    });
  }

  #call(request: Omit<CallRequest, "maxMessages">, onEnd: (outcome: CallOutcome) => void): void {
    const { address, method, messages, timeoutMs } = request;
    const maxMessages = this.#limits.maxRecordsPerCall;
    const bounded = { address, method, messages, timeoutMs, maxMessages };
    this.#environment.transport.call(bounded, (outcome) => {
      if (!this.#isStopped) onEnd(outcome);
    });
  }

  #onCallFailed(callId: number, outcome: Extract<CallOutcome, { type: "failed" }>): void {
    const timedOut = outcome.error.code === "CALL_TIMEOUT";
    const { error } = outcome;
    const { message: reason } = error;
    this.#handle({ type: "call-failed", callId, timedOut, reason, cause: error });
  }

  #answer(effect: Extract<Effect, { type: "answer" }>): void {
    const respond = this.#responds.get(effect.requestId);
    this.#responds.delete(effect.requestId);
    respond?.(this.#codec.encode(effect.records));
    this.#log.debug("sent self data", { records: effect.records.length });
  }

  /** A name stands for all its addresses, each with the seed's port. */
  #lookUpSeed(seed: string): void {
    const parts = parseAddress(seed);
    if (parts === undefined) return;
    this.#environment.lookup(parts.host, (ips, error) => {
      const addresses = ips.map((ip) => formatAddress(ip, parts.port));
      const reason = error?.message ?? `${parts.host} has no address`;
      this.#handle({ type: "seed-resolved", seed, addresses, reason, cause: error });
    });
  }

  /** Something of a caller was not taken in. */
  reject(reason: RejectionReason, source: string): void {
    this.#onRejected({ reason, count: 1, example: source }, source);
  }

  #decode(messages: readonly Uint8Array[], dropped: number, source: string) {
    const rejections = new RejectionCounter();
    const records = this.#codec.decode(messages, rejections);
    if (dropped > 0) rejections.add("too-many-records", source, dropped);
    for (const rejection of rejections.take()) this.#onRejected(rejection, source);
    return records;
  }

  #onRejected(rejection: Rejection, source: string): void {
    this.rejected[rejection.reason] += rejection.count;
    this.#log.rejection(rejection, source, this.now());
  }
}
