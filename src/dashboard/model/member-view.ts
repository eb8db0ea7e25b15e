// A member as the page shows it: plain values, times in milliseconds, made from what the agent sends.

import { type Duration, type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  Dialect,
  type Info,
  type Member,
  type MetadataValue,
} from "../../gen/gossip/admin/v1/admin_pb.js";
import { type Status, statusFrom } from "./status.js";

/** One value of a member's metadata. Only text can be edited here. */
export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
  readonly isText: boolean;
}

/** A member, ready to be shown. */
export interface MemberView {
  readonly address: string;
  readonly name: string;
  /** The name, or the address where there is none. */
  readonly title: string;
  readonly metadata: readonly MetadataEntry[];
  readonly status: Status;
  readonly isSelf: boolean;
  readonly isOriginal: boolean;
  readonly startedAtMs: number | undefined;
  readonly incarnation: number;
  readonly version: number;
  readonly knownSinceMs: number | undefined;
  readonly changedAtMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** All that a search looks through, in lower case. */
  readonly searchText: string;
}

/** Makes what is shown of what was sent. */
export function memberView(member: Member): MemberView {
  const name = member.info?.name ?? "";
  const metadata = metadataEntries(member.info);
  const values = metadata.map((entry) => `${entry.key}=${entry.value}`);
  return {
    address: member.address,
    name,
    title: name === "" ? member.address : name,
    metadata,
    status: statusFrom(member.status),
    isSelf: member.isSelf,
    isOriginal: member.dialect === Dialect.SEED,
    startedAtMs: epochMs(member.startedAt),
    incarnation: member.incarnation,
    version: member.version,
    knownSinceMs: epochMs(member.knownSince),
    changedAtMs: epochMs(member.changedAt),
    roundTripMs: lengthMs(member.roundTrip),
    searchText: [member.address, name, ...values].join("\n").toLowerCase(),
  };
}

/** The metadata of an info, by key. */
function metadataEntries(info: Info | undefined): MetadataEntry[] {
  return Object.entries(info?.metadata ?? {})
    .map(([key, value]) => metadataEntry(key, value))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function metadataEntry(key: string, value: MetadataValue): MetadataEntry {
  switch (value.kind.case) {
    case "text":
      return { key, value: value.kind.value, isText: true };
    case "data":
      return { key, value: `${value.kind.value.length} bytes`, isText: false };
    case undefined:
      return { key, value: "", isText: true };
    default:
      value.kind satisfies never;
      return { key, value: "", isText: false };
  }
}

/** Milliseconds since 1970, or undefined where nothing was sent. */
export function epochMs(at: Timestamp | undefined): number | undefined {
  return at === undefined ? undefined : timestampMs(at);
}

/** Milliseconds, with fractions, or undefined where nothing was sent. */
export function lengthMs(length: Duration | undefined): number | undefined {
  return length === undefined ? undefined : Number(length.seconds) * 1_000 + length.nanos / 1e6;
}
