// What a peer knows, as the messages of the admin service.

import { create } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  type Duration,
  DurationSchema,
  type Timestamp,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import type { MemberDetail } from "../core/member.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { MetadataValue, PeerInfo } from "../core/record.js";
import {
  type Info,
  InfoSchema,
  type Link,
  LinkSchema,
  type Member,
  type MemberCounts,
  MemberCountsSchema,
  MemberSchema,
  MetadataValueSchema,
  ReachedSchema,
  ReachSchema,
  type Step,
  StepSchema,
  Dialect as WireDialect,
  type Reach as WireReach,
  MemberStatus as WireStatus,
  type MetadataValue as WireValue,
} from "../gen/gossip/admin/v1/admin_pb.js";
import type { ExplainedStep } from "../peer/explained-step.js";
import { stepText } from "./step-text.js";

const STATUSES = {
  live: WireStatus.LIVE,
  failed: WireStatus.FAILED,
  left: WireStatus.LEFT,
} as const;

/** Whether it is there; one that lives and is suspected is told as such. */
function statusOf(member: MemberDetail): WireStatus {
  if (member.status === "live" && member.isSuspected) return WireStatus.SUSPECTED;
  return STATUSES[member.status];
}

/** A member with all that is known of it. */
export function memberMessage(member: MemberDetail): Member {
  return create(MemberSchema, {
    address: member.address,
    info: infoMessage(member.info),
    status: statusOf(member),
    isSelf: member.isSelf,
    dialect: member.dialect === "native" ? WireDialect.NATIVE : WireDialect.SEED,
    startedAt: optional(member.startedAtMs, timestampOf),
    incarnation: member.incarnation,
    version: member.version,
    knownSince: timestampOf(member.knownSinceMs),
    changedAt: timestampOf(member.changedAtMs),
    roundTrip: optional(member.roundTripMs, durationOf),
  });
}

/** How many members there are of each status. */
export function countsOf(members: readonly MemberDetail[]): MemberCounts {
  const counts = create(MemberCountsSchema);
  for (const member of members) {
    if (member.status === "live" && member.isSuspected) counts.suspected += 1;
    else counts[member.status] += 1;
  }
  return counts;
}

/** A peer's public description. */
export function infoMessage(info: PeerInfo): Info {
  const metadata: Record<string, WireValue> = {};
  for (const [key, value] of Object.entries(info.metadata ?? {})) metadata[key] = wireValue(value);
  return create(InfoSchema, { name: info.name, metadata });
}

/** A metadata value that came in; undefined where it has none. */
export function metadataValueOf({ kind }: WireValue): MetadataValue | undefined {
  return kind.value;
}

/** A link of a peer. */
export function linkMessage(link: LinkDetail): Link {
  return create(LinkSchema, {
    address: link.address,
    outbound: link.isOutbound,
    neighbour: link.isNeighbour,
    roundTrip: optional(link.roundTripMs, durationOf),
    silentFor: durationOf(link.silentForMs),
  });
}

/** What a member tells of those that it has probed; no links where it did not answer. */
export interface Reach {
  readonly address: string;
  readonly links: readonly LinkDetail[] | undefined;
}

/** Whom a member reaches: of a link without a probe nothing is known yet. */
export function reachMessage({ address, links }: Reach): WireReach {
  const reached = (links ?? []).flatMap((link) =>
    link.isLatestProbeTimely === undefined
      ? []
      : {
          address: link.address,
          ok: link.isLatestProbeTimely,
          ...(link.roundTripMs !== undefined && { roundTrip: durationOf(link.roundTripMs) }),
        },
  );
  return create(ReachSchema, {
    address,
    answered: links !== undefined,
    reached: reached.map((entry) => create(ReachedSchema, entry)),
  });
}

/** A step of the history of a member. */
export function stepMessage(step: ExplainedStep): Step {
  const { text, other } = stepText(step);
  return create(StepSchema, {
    at: timestampOf(step.at),
    type: step.type,
    text,
    other: other ?? "",
  });
}

/** Milliseconds since 1970, fractions of them dropped. */
export function timestampOf(atMs: number): Timestamp {
  return timestampFromMs(Math.floor(atMs));
}

/** Milliseconds, to the nanosecond. */
export function durationOf(durationMs: number): Duration {
  const seconds = Math.floor(durationMs / 1_000);
  const nanos = Math.round((durationMs - seconds * 1_000) * 1_000_000);
  if (nanos < 1_000_000_000) return create(DurationSchema, { seconds: BigInt(seconds), nanos });
  return create(DurationSchema, { seconds: BigInt(seconds + 1), nanos: 0 });
}

function wireValue(value: MetadataValue): WireValue {
  const kind =
    typeof value === "string"
      ? ({ case: "text", value } as const)
      : ({ case: "data", value: copied(value) } as const);
  return create(MetadataValueSchema, { kind });
}

/**
 * A copy that messages take: in memory that is not shared, and by the library itself, which knows bytes
 * by its own class of them. That is another one where it was loaded into another realm than this file.
 */
function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new BinaryWriter().raw(bytes).finish();
}

function optional<A, B>(value: A | undefined, convert: (value: A) => B): B | undefined {
  return value === undefined ? undefined : convert(value);
}
