// A snapshot as the text of a file, and back. What was not written by this code, whole and for this
// cluster, is told as a fault.

import { createHash } from "node:crypto";
import * as v from "valibot";
import { parseAddress } from "../core/address.js";
import type { Limits } from "../core/limits.js";
import type { KeptMember, Snapshot } from "../core/snapshot.js";

const FORMAT = "gossip-snapshot";
/** Raised when an older version could not make sense of the content. */
const FORMAT_VERSION = 1;

const COUNTER = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const CONTENT = v.strictObject({
  cluster: v.string(),
  address: v.string(),
  generation: COUNTER,
  version: COUNTER,
  savedAt: COUNTER,
  members: v.array(
    v.strictObject({
      address: v.pipe(
        v.string(),
        v.check((address) => parseAddress(address) !== undefined),
      ),
      remainingMs: v.pipe(v.number(), v.safeInteger()),
    }),
  ),
});
const ENVELOPE = v.object({ format: v.literal(FORMAT), version: v.number() });
const FILE = v.strictObject({ ...ENVELOPE.entries, checksum: v.string(), content: CONTENT });

/** What all but the members takes at most: the name of a cluster may be escaped, each byte as six. */
const HEAD_BYTES = 4_096;
/** What a member takes at most: the longest address that can be dialled, and its number. */
const MEMBER_BYTES = 320;
/** However few members are kept: an earlier boot may have kept more. */
const LEAST_SNAPSHOT_BYTES = 1_048_576;
/** However many are kept: to find out that forged text is no snapshot takes some forty times its size. */
const MOST_SNAPSHOT_BYTES = 4_194_304;

/** How large a snapshot may be. */
export function maxSnapshotBytes({ maxFormerMembers }: Pick<Limits, "maxFormerMembers">): number {
  const needed = HEAD_BYTES + MEMBER_BYTES * maxFormerMembers;
  return Math.min(Math.max(needed, LEAST_SNAPSHOT_BYTES), MOST_SNAPSHOT_BYTES);
}

/** Whose snapshot it is. */
export interface SnapshotOwner {
  readonly cluster: string;
  readonly address: string;
}

/** What a text was found to be. */
export type SnapshotReading =
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  /** In words that go on from the name of the file. */
  | { readonly type: "fault"; readonly fault: string };

/** The text of a file, with as many of the members as fit, the first ones. */
export function writeSnapshot(
  snapshot: Snapshot,
  { cluster, address }: SnapshotOwner,
  maxBytes: number,
): string {
  const { generation, version, savedAt } = snapshot;
  const members: KeptMember[] = [];
  let left = maxBytes - HEAD_BYTES;
  for (const { address: of, remainingMs } of snapshot.members) {
    const member = { address: of, remainingMs: Math.round(remainingMs) };
    // With the comma after it.
    left -= Buffer.byteLength(JSON.stringify(member)) + 1;
    if (left < 0) break;
    members.push(member);
  }
  const content = { cluster, address, generation, version, savedAt: Math.round(savedAt), members };
  const checksum = checksumOf(content);
  return `${JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, checksum, content })}\n`;
}

/** What is in the text of a file. */
export function readSnapshot(text: string, cluster: string): SnapshotReading {
  const json = parsed(text);
  const envelope = v.safeParse(ENVELOPE, json);
  if (!envelope.success) return fault("is damaged, or no snapshot of a peer");
  if (envelope.output.version > FORMAT_VERSION) {
    return fault(`was written by a later version of gossip (format ${envelope.output.version})`);
  }
  const file = v.safeParse(FILE, json);
  if (!file.success || file.output.version !== FORMAT_VERSION) return fault("is damaged");
  const { checksum, content } = file.output;
  if (checksumOf(content) !== checksum) return fault("is damaged: its checksum is another one");
  if (content.cluster !== cluster) {
    return fault(`is of the cluster ${JSON.stringify(content.cluster)}, and not of this one`);
  }
  return { type: "snapshot", snapshot: content };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(words: string): SnapshotReading {
  return { type: "fault", fault: words };
}

/** Of the content in the order of the schema, which is that in which it is written. */
function checksumOf(content: v.InferOutput<typeof CONTENT>): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
