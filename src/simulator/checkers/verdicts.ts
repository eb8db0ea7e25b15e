// How a member may be declared failed: at once only with the findings of most of its watchers, and with an
// expiry that all peers share.

import type { HistoryStep } from "../../core/native/history.js";
import type { MemberRecord } from "../../core/native/member-record.js";
import type { RosterChange } from "../../core/native/roster.js";
import type { SimPeer } from "../sim-peer.js";
import type { StepObserver } from "../simulator.js";
import { EXPIRY_STEP_MINUTES, mostOf } from "./promises.js";
import type { Violate } from "./violation.js";

/** What one process has found out of the members that it suspects, and declared of others. */
interface Findings {
  /** The watchers that found a suspect silent, or its port closed. */
  readonly confirmedBy: Map<string, Set<string>>;
  /** What it has just declared, and with how many watchers of how many. */
  declared:
    | {
        readonly address: string;
        readonly confirmed: number;
        readonly needed: number;
        readonly atMs: number;
      }
    | undefined;
}

/** Checks each declaration. */
export class VerdictChecker implements StepObserver {
  readonly #violate: Violate;
  readonly #findings = new Map<SimPeer, Findings>();

  constructor(violate: Violate) {
    this.#violate = violate;
  }

  onStart(peer: SimPeer): void {
    this.#findings.delete(peer);
  }

  onHistoryStep(observer: SimPeer, address: string, step: HistoryStep): void {
    const findings = this.#of(observer);
    findings.declared = undefined;
    switch (step.type) {
      case "suspected":
      case "cleared":
        findings.confirmedBy.delete(address);
        break;
      case "evidence":
        this.#onFinding(findings, address, step.watcher, step.finding !== "answered");
        break;
      case "convicted":
        this.#onDeclared(observer, findings, address, step.reason);
        break;
      default:
        break;
    }
  }

  onRosterChange(observer: SimPeer, { before, after }: RosterChange): void {
    if (after === undefined) return;
    this.#checkExpiry(observer, after);
    const { declared } = this.#of(observer);
    if (declared?.address !== after.address || before?.verdict !== "live") return;
    if (declared.atMs !== observer.host.monotonicMs()) return;
    if (after.verdict !== "failed" || declared.confirmed >= declared.needed) return;
    const { address, confirmed, needed } = declared;
    this.#violate(
      "declared-by-most",
      `${observer.address} declared ${address} failed at once, with ${confirmed} of the ${needed} watchers that it takes`,
      { observer: observer.address, subject: address },
    );
  }

  #onFinding({ confirmedBy }: Findings, address: string, watcher: string, isSilent: boolean): void {
    const watchers = confirmedBy.get(address) ?? new Set();
    if (isSilent) confirmedBy.set(address, watchers.add(watcher));
    else confirmedBy.delete(address);
  }

  /** A member that answers too rarely is tried by its watchers, of which no findings are told. */
  #onDeclared(observer: SimPeer, findings: Findings, address: string, reason: string): void {
    const others = (observer.native?.watchersOf(address) ?? []).filter(
      (watcher) => watcher !== observer.advertised,
    );
    const confirmed = findings.confirmedBy.get(address)?.size ?? 0;
    findings.confirmedBy.delete(address);
    if (reason.includes("too rarely") || others.length === 0) return;
    const needed = mostOf(others.length);
    findings.declared = { address, confirmed, needed, atMs: observer.host.monotonicMs() };
  }

  #checkExpiry(observer: SimPeer, { address, verdict, expiresAt }: MemberRecord): void {
    const isRight = verdict === "live" ? expiresAt === 0 : expiresAt % EXPIRY_STEP_MINUTES === 0;
    if (isRight) return;
    const message = `${observer.address} holds that ${address} is ${verdict} until minute ${expiresAt}, which others would not`;
    this.#violate("returns-by-itself", message, { observer: observer.address, subject: address });
  }

  #of(observer: SimPeer): Findings {
    const held = this.#findings.get(observer);
    if (held !== undefined) return held;
    const findings = { confirmedBy: new Map(), declared: undefined };
    this.#findings.set(observer, findings);
    return findings;
  }
}
