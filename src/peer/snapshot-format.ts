// A snapshot as the text of a file, and back. What was not written by this code, whole and for this
// cluster, is told as a fault.

import { createHash } from "node:crypto";
import * as v from "valibot";
import { parseAddress } from "../core/address.js";
import type { Snapshot } from "../core/snapshot.js";

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

/** The text of a file. */
export function writeSnapshot(snapshot: Snapshot, { cluster, address }: SnapshotOwner): string {
  const { generation, version, savedAt } = snapshot;
  const members = snapshot.members.map((member) => {
    return { address: member.address, remainingMs: Math.round(member.remainingMs) };
  });
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
