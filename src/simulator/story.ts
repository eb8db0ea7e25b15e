// Tells a failed run as a story: what was done to whom, and what the peers that it is about told of each
// other, up to the moment at which an invariant broke.

import type { MemberEvent } from "../core/member.js";
import type { HistoryStep } from "../core/native/history.js";
import type { PeerInfo } from "../core/record.js";
import type { Violation } from "./checkers/violation.js";
import { type RandomRunResult, runRandom } from "./random-run.js";
import type { SimPeer } from "./sim-peer.js";
import type { FaultKind, SimProcess, StepObserver } from "./simulator.js";

/** Most lines of a story: the latest are told. */
const MOST_LINES = 40;
/** So many are named; of more, how many. */
const NAMED = 6;
/** Steps between two peers that lead somewhere. */
const TOLD_STEPS: ReadonlySet<HistoryStep["type"]> = new Set([
  "link-broken",
  "evidence",
  "convicted",
  "out-of-reach",
]);

/** The story of a run that failed, line by line. The run is made once more for it. */
export function storyOf(failed: RandomRunResult): string[] {
  const [violation] = failed.violations;
  if (violation === undefined) return [];
  const { seed, peers, failureDetection, faults, faultsForMs } = failed;
  const teller = new Storyteller(violation);
  runRandom({ seed, peers, failureDetection, faults, faultsForMs, observer: teller });
  return teller.lines();
}

/** Notes what matters to one violation. */
class Storyteller implements StepObserver {
  readonly #violation: Violation;
  readonly #told: { readonly atMs: number; readonly text: string }[] = [];

  constructor(violation: Violation) {
    this.#violation = violation;
  }

  lines(): string[] {
    const { atMs, invariant, message } = this.#violation;
    const before = this.#told.filter((line) => line.atMs <= atMs);
    const left = before.length - MOST_LINES;
    const told = before.slice(Math.max(0, left));
    return [
      ...(left > 0 ? [`(${left} earlier steps)`] : []),
      ...told.map((line) => `${timeOf(line.atMs)}  ${line.text}`),
      `${timeOf(atMs)}  BROKEN: ${invariant}: ${message}`,
    ];
  }

  onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    const [first] = processes;
    const nowMs = first?.host.trueMs ?? 0;
    const named = processes.slice(0, NAMED).map(({ name }) => name);
    const more = processes.length > NAMED ? ` and ${processes.length - NAMED} more` : "";
    this.#note(nowMs, `${kind}: ${named.join(", ")}${more}`);
  }

  onInfoWritten(peer: SimPeer, { name }: PeerInfo): void {
    if (this.#isAbout(peer.address)) this.#note(peer.host.trueMs, `${peer.name} writes "${name}"`);
  }

  onMemberEvent(peer: SimPeer, event: MemberEvent): void {
    const { address } = event.member;
    if (!this.#isAbout(address) && !this.#isAbout(peer.address)) return;
    const why = "reason" in event ? ` (${event.reason})` : "";
    this.#note(peer.host.trueMs, `${peer.name} is told ${event.type} of ${address}${why}`);
  }

  onHistoryStep(peer: SimPeer, address: string, step: HistoryStep): void {
    const { observer, subject } = this.#violation;
    const isBetween = peer.address === observer && (subject === undefined || address === subject);
    if (!isBetween || !TOLD_STEPS.has(step.type)) return;
    const what = "finding" in step ? `${step.watcher} finds ${step.finding}` : reasonOf(step);
    this.#note(peer.host.trueMs, `${peer.name} on ${address}: ${step.type} ${what}`);
  }

  /** Where nobody is named, all are told of. */
  #isAbout(address: string): boolean {
    const { observer, subject } = this.#violation;
    if (observer === undefined && subject === undefined) return true;
    return address === observer || address === subject;
  }

  #note(atMs: number, text: string): void {
    if (this.#told.at(-1)?.text !== text) this.#told.push({ atMs, text });
  }
}

function reasonOf(step: HistoryStep): string {
  return "reason" in step ? `(${step.reason})` : "";
}

function timeOf(atMs: number): string {
  return `${(atMs / 1_000).toFixed(3).padStart(10)} s`;
}
