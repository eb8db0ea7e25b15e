// `gossip/simulator`: clusters in virtual time, for tests of this package and of applications.

export type { RecordChange } from "../core/member-table.js";
export type { MemberRecord, MetadataEntry, Verdict } from "../core/native/member-record.js";
export type { RosterChange } from "../core/native/roster.js";
export type { PeerRecord } from "../core/record.js";
export { CheckerSet, type CheckerSetOptions } from "./checkers/checker-set.js";
export type { RestWatch } from "./checkers/rest.js";
export { INVARIANTS, type Invariant, type Violation } from "./checkers/violation.js";
export type { Costs } from "./costs.js";
export type { HostCounters } from "./host.js";
export type { Latency, NetworkOptions } from "./network.js";
export { SimOriginal } from "./original.js";
export { type ProcessStart, SimPeer } from "./sim-peer.js";
export type { StepKind } from "./sim-transport.js";
export {
  type FaultKind,
  type SimProcess,
  Simulator,
  type SimulatorOptions,
  type StepObserver,
} from "./simulator.js";
