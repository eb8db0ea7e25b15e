// What one more member takes in a peer's memory: the heap of peers that list many, less that of peers
// that list few, per member. Without a network, so that nothing else is in it.

import { Core } from "../../src/core/core.js";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { NativeCore } from "../../src/core/native/native-core.js";
import { firstRecord, wholeRecord } from "../../src/core/native/own-member.js";
import type { PeerRecord } from "../../src/core/record.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { DEFAULT_TIMING } from "../../src/core/timing.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import type { Figures, Rule } from "./messages.js";

const FEW = 1_000;
const MANY = 10_000;
/** Records of one frame. */
const BATCH = 250;
const OWN_ADDRESS = "127.0.0.1:7946";
const ENOUGH = 2 * MANY;
const LIMITS = {
  ...DEFAULT_LIMITS,
  maxMembers: ENOUGH,
  maxCandidates: ENOUGH,
  maxDials: ENOUGH,
  maxDialsPerSecond: ENOUGH,
};
const codec = new NativeCodec(LIMITS);
const seedCodec = new RecordCodec(LIMITS);
const rejections = new RejectionCounter();

/** A cluster member by what one peer holds of it. */
interface Listing {
  readonly listed: number;
}

/** In bytes; members have a name of eight bytes and no metadata. */
export async function measureMemberMemory(rule: Rule): Promise<Figures> {
  const list = rule === "immediate" ? listSeedMembers : listNativeMembers;
  // What the first one leaves behind once and for all is not the second one's.
  list(FEW);
  const few = heapOf(() => list(FEW));
  const many = heapOf(() => list(MANY));
  return { bytes: (many - few) / (MANY - FEW) };
}

function heapOf(make: () => Listing): number {
  const before = settledHeap();
  const made = make();
  const after = settledHeap();
  // Named after the measurement, so that it is still held in it.
  if (made.listed < FEW) throw new Error(`only ${made.listed} members are listed`);
  return after - before;
}

function settledHeap(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

/** A native peer that was told of so many members over a link, byte by byte as from a network. */
function listNativeMembers(count: number): Listing {
  const core = new NativeCore(
    {
      address: OWN_ADDRESS,
      cluster: "",
      info: { name: "" },
      generation: 1_000_000,
      version: 1,
      limits: LIMITS,
      timing: DEFAULT_TIMING,
      probeTimeoutMs: 500,
      random: Math.random,
    },
    0,
  );
  const hello = {
    type: "hello",
    cluster: "",
    generation: 1,
    minVersion: 1,
    maxVersion: 1,
    originals: [],
    clock: 0,
  } as const;
  core.handle({ type: "link-accepted", linkId: -1 }, 0);
  const frame = { ...hello, address: addressOf(0) };
  core.handle({ type: "frame", linkId: -1, frame }, 0);
  for (let begin = 0; begin < count; begin += BATCH) {
    const records = Array.from({ length: BATCH }, (_, index) => memberRecord(begin + index));
    const bytes = codec.encode({ type: "records", seq: 0, records, last: false });
    const decoded = codec.decode(Uint8Array.from(bytes), rejections);
    if (decoded === undefined) throw new Error("no frame");
    core.handle({ type: "frame", linkId: -1, frame: decoded }, 0);
    core.takeEffects();
    core.onTimeout(begin);
    core.takeEffects();
  }
  return {
    get listed() {
      return core.liveCount;
    },
  };
}

function memberRecord(index: number): MemberRecord {
  return wholeRecord(firstRecord(addressOf(index), { name: nameOf(index) }, 1_000_000, 1_000));
}

/** A peer of the seed's rule that dialled so many members, and was answered by each. */
function listSeedMembers(count: number): Listing {
  const info = { name: "" };
  const options = { address: OWN_ADDRESS, info, version: 1, limits: LIMITS };
  const core = new Core({ ...options, timing: DEFAULT_TIMING, random: Math.random }, 0);
  for (let begin = 0; begin < count; begin += BATCH) {
    const records = Array.from({ length: BATCH }, (_, index) => seedRecord(begin + index));
    core.handle({ type: "exchange-request", requestId: begin, records }, begin);
    core.onTimeout(begin);
    answerCalls(core, begin);
  }
  return {
    get listed() {
      return core.sizes.live;
    },
  };
}

function answerCalls(core: Core, now: number): void {
  for (let effects = core.takeEffects(); effects.length > 0; effects = core.takeEffects()) {
    for (const effect of effects) {
      if (effect.type !== "call-exchange") continue;
      const { callId, address } = effect;
      const records = [seedRecord(indexOf(address))];
      core.handle({ type: "exchange-answer", callId, records, complete: true }, now);
    }
  }
}

function seedRecord(index: number): PeerRecord {
  const record = { address: addressOf(index), version: 1_000, deleted: false, name: nameOf(index) };
  const [decoded] = seedCodec.decode(seedCodec.encode([record]), rejections);
  if (decoded === undefined) throw new Error("no record");
  return decoded;
}

function addressOf(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:7946`;
}

function indexOf(address: string): number {
  const [, high = 0, middle = 0, low = 0] = address.split(/[.:]/).map(Number);
  return (high << 16) | (middle << 8) | low;
}

function nameOf(index: number): string {
  return `peer-${String(index % 1_000).padStart(3, "0")}`;
}
