// The package `gossip`: everything that applications use.

export { GOSSIP_ERROR_CODES, GossipError, type GossipErrorCode } from "./core/errors.js";
export type { HistogramFigures } from "./core/histogram.js";
export { DEFAULT_LIMITS, type Limits } from "./core/limits.js";
export type {
  Member,
  MemberDetail,
  MemberEvent,
  MemberFailed,
  MemberJoined,
  MemberLeft,
  MemberStatus,
  MemberSuspected,
  MemberUpdated,
  SelfRefuted,
  SuspicionEnded,
} from "./core/member.js";
export type { Finding } from "./core/native/frames.js";
export type {
  Convicted,
  EvidenceHeard,
  HistoryStep,
  LinkBroken,
  OutOfReach,
  ProbeMissed,
  RecordChanged,
  Refuted,
  Suspected,
  SuspicionCleared,
  TimedStep,
  WatcherAsked,
} from "./core/native/history.js";
export type { LinkDetail } from "./core/native/link-details.js";
export type { ExchangeOutcome, ExchangeOutcomes } from "./core/native/prober.js";
export type { MetadataValue, PeerInfo, PeerMetadata } from "./core/record.js";
export { REJECTION_REASONS, type RejectionReason } from "./core/rejection.js";
export type { LinkCandidate } from "./peer/admission.js";
export type { EventsDropped, PeerEvent, TimedEvent } from "./peer/event-queue.js";
export type { ExplainedStep } from "./peer/explained-step.js";
export type { PeerHealth } from "./peer/health.js";
export type { AskLinksOptions } from "./peer/link-askers.js";
export type { Logger } from "./peer/logger.js";
export type { MemberMap } from "./peer/member-map.js";
export type { FailureDetection, PeerOptions, Profile } from "./peer/options.js";
export { Peer } from "./peer/peer.js";
export type { TlsFigures } from "./peer/peer-tls.js";
export type { PeerStats, QueueFill, QueueName } from "./peer/stats.js";
export type { TlsOptions, TlsSource } from "./peer/tls-files.js";
export type { FrameCounts, FrameKind } from "./peer/traffic.js";
export { TLS_REFUSAL_CAUSES, type TlsRefusalCause } from "./transport/tls-refusal.js";
