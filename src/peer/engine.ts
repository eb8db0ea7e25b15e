// What a peer runs on: one of the two protocols with its driver. The seed's rule and the native
// protocol look alike from here.

import type { Fingerprint } from "../core/fingerprint.js";
import type { Member, MemberDetail, MemberEvent } from "../core/member.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { LinkInquiryEnded } from "../core/native/native-messages.js";
import type { PeerInfo } from "../core/record.js";
import type { RejectionReason } from "../core/rejection.js";
import type { SeedOutcome } from "../core/seed-list.js";
import type { Snapshot } from "../core/snapshot.js";
import type { CallHandler, LinkService } from "../transport/transport.js";
import type { ExplainedStep } from "./explained-step.js";
import type { EngineStats } from "./stats.js";

/** Who is told what a protocol tells. */
export interface EngineListener {
  /** What was read before may be out of date, also where no event tells so. */
  onCoreChanged(): void;
  onMemberEvent(event: MemberEvent): void;
  onSeedOutcome(outcome: SeedOutcome): void;
  onLeaveEnded(): void;
  onLinkInquiryEnded(end: LinkInquiryEnded): void;
}

/** A protocol at work. */
export interface Engine {
  readonly address: string;
  readonly self: Member;
  readonly fingerprint: Fingerprint;
  readonly hasLeft: boolean;
  /** How many members are listed, the peer itself included. */
  readonly listSize: number;
  /** Takes the calls of the seed dialect that come for the peer. */
  readonly onCall: CallHandler;
  /** Takes the links that others open; none in the seed's rule. */
  readonly links: LinkService | undefined;
  /** Something that came from there was not taken in. */
  reject(reason: RejectionReason, from: string): void;
  /** The live members with the peer itself first; with "all", those gone too. */
  members(include: "live" | "all"): Iterable<Member>;
  /** All that is known of each member, the peer itself first, then by address. */
  details(): readonly MemberDetail[];
  detail(address: string): MemberDetail | undefined;
  watchersOf(address: string): readonly string[];
  /** The links that are there. */
  linkDetails(): readonly LinkDetail[];
  /** Asks a member for its links; what comes of it is told to the listener under that id. */
  askLinks(id: number, address: string, timeoutMs: number): void;
  /** Lifeguard's score of our own health: 0 is good, 8 is worst. */
  readonly healthScore: number;
  /** Takes a member that is gone off the list. */
  forget(address: string): void;
  remembers(address: string): boolean;
  explain(address: string): readonly ExplainedStep[];
  updateInfo(info: PeerInfo): void;
  /** Adds a seed; false when there are too many. */
  addSeed(seed: string): boolean;
  leave(): void;
  /** Figures, but for those of the peer's own queues. */
  stats(): EngineStats;
  /** What the next boot has to know. */
  snapshot(): Snapshot;
  /** To be called when an application looks: it may be the first that happens since a wake-up was lost. */
  checkWake(): void;
  /** Begins to act. */
  start(): void;
  /** Does nothing any more. */
  stop(): void;
}
