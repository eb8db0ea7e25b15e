// The messages of the native protocol, as the core sees them; src/wire/native-dialect.ts has them as
// bytes, and proto/gossip/v1/gossip.proto says what each field means.

import type { Fingerprint } from "../fingerprint.js";
import type { LinkDetail } from "./link-details.js";
import type { MemberRecord, SentRecord } from "./member-record.js";
import type { CodedSymbol } from "./sketch.js";

/** What a record is named by when the difference of two lists is found: 64 bits of its hash. */
export interface RecordHash {
  readonly high: number;
  readonly low: number;
}

/** Who speaks, first thing on a link. */
export interface Hello {
  readonly type: "hello";
  readonly cluster: string;
  readonly address: string;
  readonly generation: number;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Members that speak the seed dialect only, some of them. */
  readonly originals: readonly string[];
  /** The time of day as the peer knows it, in milliseconds since 2024; 0 where it does not tell. */
  readonly clock: number;
}

/** The begin of an exchange, which is also the probe of the other side. */
export interface Probe {
  readonly type: "probe";
  readonly seq: number;
  /** Absent in a probe that only asks whether the other is there. */
  readonly fingerprint: Fingerprint | undefined;
}

/** How an answerer's list compares to the prober's. */
export type Comparison =
  | { readonly type: "same" }
  | { readonly type: "different"; readonly symbols: readonly CodedSymbol[] }
  /** The whole list follows. */
  | { readonly type: "whole-list" }
  /** Not now: others may have time. */
  | { readonly type: "busy"; readonly addresses: readonly string[] };

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly type: "probe-answer";
  readonly seq: number;
  readonly comparison: Comparison;
}

/** Asks for more coded symbols. */
export interface SymbolsRequest {
  readonly type: "symbols-request";
  readonly seq: number;
  readonly from: number;
  readonly count: number;
}

/** More coded symbols. */
export interface Symbols {
  readonly type: "symbols";
  readonly seq: number;
  readonly from: number;
  readonly symbols: readonly CodedSymbol[];
}

/** Asks for the records with these hashes, or for all. */
export interface RecordsRequest {
  readonly type: "records-request";
  readonly seq: number;
  readonly hashes: readonly RecordHash[];
  readonly all: boolean;
}

/** Records that answer a request, or that the other side lacks. */
export interface Records {
  readonly type: "records";
  readonly seq: number;
  readonly records: readonly MemberRecord[];
  /** True in the last message of this seq. */
  readonly last: boolean;
}

/** Changes on their way through the cluster. */
export interface Rumors {
  readonly type: "rumors";
  readonly records: readonly SentRecord[];
  /** True when the sender is where the rumors began. */
  readonly first: boolean;
  /** True when the verdicts in it wait for what the accused say. */
  readonly accusing: boolean;
  /** How long each of them had been on its way when it was sent, as far as that is known. */
  readonly agesMs?: readonly (number | undefined)[] | undefined;
}

/** Asks a watcher what it knows of a member that did not answer the asker. */
export interface Ask {
  readonly type: "ask";
  readonly seq: number;
  readonly address: string;
  readonly generation: number;
  /** How many probes the watcher is to make before it answers; 0 for one. */
  readonly trial: number;
}

/** What a watcher found. */
export type Finding = "answered" | "silent" | "refused";

/** The answer to an ask. */
export interface Evidence {
  readonly type: "evidence";
  readonly seq: number;
  readonly finding: Finding;
  /** Of a trial: how many probes were not answered in time. */
  readonly late: number;
}

/** Asks the other side for its own links. */
export interface LinksRequest {
  readonly type: "links-request";
  readonly seq: number;
}

/** The links of the side that sends it. */
export interface Links {
  readonly type: "links";
  readonly seq: number;
  readonly links: readonly LinkDetail[];
}

/** The last message on a link. */
interface Goodbye {
  readonly type: "goodbye";
  readonly reason: string;
}

/** One message on a link. */
export type Frame =
  | Hello
  | Probe
  | ProbeAnswer
  | SymbolsRequest
  | Symbols
  | RecordsRequest
  | Records
  | Rumors
  | Ask
  | Evidence
  | Goodbye
  | LinksRequest
  | Links;
