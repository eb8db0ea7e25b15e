// A trial of a member that answers now and then: a row of probes, counted. When most watchers find
// most of theirs late, a member that nobody could convict of silence goes all the same, as in Rapid.

import { type Asker, MAX_ASKERS } from "./checks.js";
import type { Finding } from "./frames.js";
import {
  MAX_CHECK_MS,
  TRIAL_LATE,
  TRIAL_PROBES,
  TRIAL_REST_MS,
  TRIAL_STEP_MS,
} from "./native-timing.js";
import { confirmationsNeeded } from "./suspicion.js";

/** A row of probes under way. */
interface Trial {
  readonly askers: Asker[];
  /** Whether its outcome matters to ourselves. */
  isOwn: boolean;
  sent: number;
  results: number;
  late: number;
  nextAtMs: number;
}

/** After the last probe of a trial its end is this far away at most. */
const LAST_RESULT_MS = MAX_CHECK_MS;

/** What the other watchers of a member find, after our own trial. */
interface JointTrial {
  readonly questions: Map<string, number>;
  readonly watchers: number;
  confirmations: number;
  endAtMs: number;
}

/** What trials do. */
export interface TrialContext {
  probe(address: string, now: number): void;
  answer(asker: Asker, finding: Finding, late: number): void;
  /** Most probes of our own trial were late. */
  onOwnTrial(address: string, now: number): void;
  /** Asks all other watchers for a trial of so many probes; gives the numbers of the questions. */
  askWatchers(address: string, probes: number, now: number): Map<string, number>;
  convict(address: string, now: number): void;
  isListed(address: string): boolean;
}

/** The trials under way. */
export class Trials {
  readonly #context: TrialContext;
  readonly #trials = new Map<string, Trial>();
  readonly #joint = new Map<string, JointTrial>();
  /** Until when a member is left in peace, and what its latest trial found. */
  readonly #rests = new Map<string, { readonly untilMs: number; readonly isLate: boolean }>();

  constructor(context: TrialContext) {
    this.#context = context;
  }

  /** Begins a trial on our own account. */
  beginOwn(address: string, now: number): void {
    const rest = this.#rests.get(address);
    if ((rest !== undefined && rest.untilMs > now) || this.#joint.has(address)) return;
    this.#trialOf(address, now).isOwn = true;
  }

  /** True when most of its answers were late in a trial of the last while, whoever asked for it. */
  wasFoundLate(address: string): boolean {
    return this.#rests.get(address)?.isLate === true;
  }

  /** Holds a trial for another watcher. */
  serve(address: string, asker: Asker, now: number): void {
    const { askers } = this.#trialOf(address, now);
    if (askers.length < MAX_ASKERS) askers.push(asker);
  }

  /** A probe of that member was answered in time, or was not. */
  onResult(address: string, timely: boolean, now: number): void {
    const trial = this.#trials.get(address);
    if (trial === undefined || trial.results >= trial.sent) return;
    trial.results += 1;
    if (!timely) trial.late += 1;
    if (trial.results >= TRIAL_PROBES) this.#end(address, trial, now);
  }

  /** A watcher's outcome; false when the number is not that of a question of ours. */
  onEvidence(watcher: string, seq: number, late: number, now: number): boolean {
    for (const [address, joint] of this.#joint) {
      if (joint.questions.get(watcher) !== seq) continue;
      joint.questions.delete(watcher);
      if (late >= TRIAL_LATE) joint.confirmations += 1;
      if (joint.confirmations >= confirmationsNeeded(joint.watchers)) {
        this.forget(address);
        if (this.#context.isListed(address)) this.#context.convict(address, now);
      }
      return true;
    }
    return false;
  }

  /** The other watchers are asked. */
  beginJoint(address: string, watchers: ReadonlySet<string>, now: number): void {
    const questions = this.#context.askWatchers(address, TRIAL_PROBES, now);
    const endAtMs = now + 2 * TRIAL_PROBES * TRIAL_STEP_MS;
    this.#joint.set(address, { questions, watchers: watchers.size, confirmations: 0, endAtMs });
  }

  forget(address: string): void {
    this.#joint.delete(address);
    const trial = this.#trials.get(address);
    if (trial !== undefined) trial.isOwn = false;
  }

  onTimeout(now: number): void {
    for (const [address, trial] of this.#trials) {
      if (now < trial.nextAtMs) continue;
      if (trial.sent >= TRIAL_PROBES) {
        // Some could not be sent: they say nothing, and nobody is to wait for them.
        this.#end(address, trial, now);
        continue;
      }
      trial.sent += 1;
      trial.nextAtMs = now + (trial.sent < TRIAL_PROBES ? TRIAL_STEP_MS : LAST_RESULT_MS);
      this.#context.probe(address, now);
    }
    for (const [address, { endAtMs }] of this.#joint)
      if (now >= endAtMs) this.#joint.delete(address);
    for (const [address, { untilMs }] of this.#rests) {
      if (now >= untilMs) this.#rests.delete(address);
    }
  }

  nextAtMs(): number {
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const trial of this.#trials.values()) nextAtMs = Math.min(nextAtMs, trial.nextAtMs);
    for (const { endAtMs } of this.#joint.values()) nextAtMs = Math.min(nextAtMs, endAtMs);
    return nextAtMs;
  }

  delayBy(durationMs: number): void {
    for (const trial of this.#trials.values()) trial.nextAtMs += durationMs;
    for (const joint of this.#joint.values()) joint.endAtMs += durationMs;
  }

  #trialOf(address: string, now: number): Trial {
    const held = this.#trials.get(address);
    if (held !== undefined) return held;
    const trial: Trial = {
      askers: [],
      isOwn: false,
      sent: 0,
      results: 0,
      late: 0,
      nextAtMs: now,
    };
    this.#trials.set(address, trial);
    return trial;
  }

  #end(address: string, trial: Trial, now: number): void {
    this.#trials.delete(address);
    const isLate = trial.late >= TRIAL_LATE;
    this.#rests.set(address, { untilMs: now + TRIAL_REST_MS, isLate });
    for (const asker of trial.askers) {
      this.#context.answer(asker, isLate ? "silent" : "answered", trial.late);
    }
    if (trial.isOwn && isLate) this.#context.onOwnTrial(address, now);
  }
}
