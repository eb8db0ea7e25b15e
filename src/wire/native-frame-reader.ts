// Frames of the native protocol from bytes, and the check of each: behind this file a frame is
// trusted to be well-formed.

import type { Fingerprint } from "../core/fingerprint.js";
import type {
  Ask,
  Comparison,
  Evidence,
  Frame,
  Hello,
  Probe,
  ProbeAnswer,
  RecordsRequest,
  Symbols,
  SymbolsRequest,
} from "../core/native/frames.js";
import type { RejectionCounter } from "../core/rejection.js";
import { ByteReader } from "./byte-reader.js";
import { NativeFields } from "./native-fields.js";
import type { NativeLimits } from "./native-limits.js";
import { readLinks } from "./native-links.js";
import { readHashes, readLanes, readSymbols } from "./native-packed.js";
import type { NativeRecordsReader } from "./native-records-reader.js";
import {
  ASK,
  COMPARISONS,
  EVIDENCE,
  FINDINGS,
  FINGERPRINT,
  FRAME,
  GOODBYE,
  HELLO,
  PROBE,
  PROBE_ANSWER,
  RECORDS_REQUEST,
  SEQ,
  SYMBOLS,
  SYMBOLS_REQUEST,
} from "./native-tags.js";
import { addressRejection } from "./seed-dialect.js";

const KIND_TAGS: ReadonlySet<number> = new Set(Object.values(FRAME));

/** Reads frames by one set of limits. */
export class NativeFrameReader {
  readonly #limits: NativeLimits;
  readonly #records: NativeRecordsReader;

  constructor(limits: NativeLimits, records: NativeRecordsReader) {
    this.#limits = limits;
    this.#records = records;
  }

  /**
   * The frame in a message; undefined, with a rejection, when it is malformed. An exception when it
   * is no protobuf.
   */
  read(message: Uint8Array, rejections: RejectionCounter): Frame | undefined {
    const reader = new ByteReader(message);
    let kind = 0;
    let start = 0;
    let end = 0;
    while (reader.position < message.length) {
      const tag = reader.number();
      if (KIND_TAGS.has(tag)) {
        const size = reader.size();
        kind = tag;
        start = reader.position;
        end = start + size;
        reader.position = end;
      } else {
        reader.skip(tag);
      }
    }
    reader.position = start;
    return this.#readKind(kind, reader, end, rejections);
  }

  #readKind(
    kind: number,
    reader: ByteReader,
    end: number,
    rejections: RejectionCounter,
  ): Frame | undefined {
    if (kind === FRAME.records) return this.#records.readRecords(reader, end, rejections);
    if (kind === FRAME.rumors) return this.#records.readRumors(reader, end, rejections);
    const start = reader.position;
    const fields = new NativeFields(reader, end);
    switch (kind) {
      case FRAME.hello:
        reader.position = start;
        return this.#checked(
          readHello(fields, this.#readAddresses(HELLO.originals, reader, end, rejections)),
          rejections,
        );
      case FRAME.probe:
        return readProbe(reader, fields);
      case FRAME["probe-answer"]:
        return this.#readProbeAnswer(reader, fields, start, end, rejections);
      case FRAME["symbols-request"]:
        return readSymbolsRequest(fields);
      case FRAME.symbols:
        return readSymbolsFrame(reader, fields);
      case FRAME["records-request"]:
        return readRecordsRequest(reader, fields);
      case FRAME.ask:
        return this.#checked(readAsk(fields), rejections);
      case FRAME.evidence:
        return readEvidence(fields, rejections);
      case FRAME.goodbye:
        return { type: "goodbye", reason: fields.text(GOODBYE.reason) };
      case FRAME["links-request"]:
        return { type: "links-request", seq: fields.uint32(SEQ) };
      case FRAME.links:
        reader.position = start;
        return readLinks(reader, fields.uint32(SEQ), end, this.#limits, rejections);
      default:
        rejections.add("frame-unknown", "no kind that is known here");
        return undefined;
    }
  }

  /** A frame that says who it is about; undefined, with a rejection, when that is malformed. */
  #checked<Kind extends Hello | Ask>(frame: Kind, rejections: RejectionCounter): Kind | undefined {
    const { address, generation } = frame;
    const reason = addressRejection(address, this.#limits);
    if (reason === undefined && Number.isSafeInteger(generation)) return frame;
    rejections.add(reason ?? "generation-out-of-range", address);
    return undefined;
  }

  #readProbeAnswer(
    reader: ByteReader,
    fields: NativeFields,
    start: number,
    end: number,
    rejections: RejectionCounter,
  ): ProbeAnswer | undefined {
    const type = COMPARISONS[fields.number(PROBE_ANSWER.comparison)];
    const seq = fields.uint32(SEQ);
    const answer = (comparison: Comparison): ProbeAnswer => {
      return { type: "probe-answer", seq, comparison };
    };
    if (type === "different") return answer({ type, symbols: symbolsIn(reader, fields) });
    if (type === "busy") {
      reader.position = start;
      const { addresses: tag } = PROBE_ANSWER;
      return answer({ type, addresses: this.#readAddresses(tag, reader, end, rejections) });
    }
    if (type !== undefined) return answer({ type });
    rejections.add("frame-unknown", "a comparison that is not known here");
    return undefined;
  }

  /** The addresses in a field; what is malformed is left out and added to `rejections`. */
  #readAddresses(
    wanted: number,
    reader: ByteReader,
    end: number,
    rejections: RejectionCounter,
  ): string[] {
    const addresses: string[] = [];
    let count = 0;
    while (reader.position < end) {
      const tag = reader.number();
      if (tag !== wanted) {
        reader.skip(tag);
        continue;
      }
      const address = reader.text(reader.size());
      count += 1;
      const reason =
        count > this.#limits.maxRecordsPerFrame
          ? "too-many-records"
          : addressRejection(address, this.#limits);
      if (reason === undefined) addresses.push(address);
      else rejections.add(reason, address);
    }
    return addresses;
  }
}

function readHello(fields: NativeFields, originals: readonly string[]): Hello {
  return {
    type: "hello",
    cluster: fields.text(HELLO.cluster),
    address: fields.text(HELLO.address),
    generation: fields.number(HELLO.generation),
    minVersion: fields.uint32(HELLO.minVersion),
    maxVersion: fields.uint32(HELLO.maxVersion),
    originals,
    clock: fields.number(HELLO.clock),
  };
}

function readProbe(reader: ByteReader, fields: NativeFields): Probe {
  const seq = fields.uint32(SEQ);
  const end = fields.begin(PROBE.fingerprint);
  const fingerprint = end === undefined ? undefined : readFingerprint(reader, end);
  return { type: "probe", seq, fingerprint };
}

function readFingerprint(reader: ByteReader, end: number): Fingerprint {
  const fields = new NativeFields(reader, end);
  const lanesEnd = fields.begin(FINGERPRINT.lanes);
  if (lanesEnd === undefined) throw new Error("A fingerprint has no lanes.");
  return { lanes: readLanes(reader, lanesEnd), count: fields.uint32(FINGERPRINT.count) };
}

function readSymbolsRequest(fields: NativeFields): SymbolsRequest {
  const from = fields.uint32(SYMBOLS_REQUEST.from);
  const count = fields.uint32(SYMBOLS_REQUEST.count);
  return { type: "symbols-request", seq: fields.uint32(SEQ), from, count };
}

function readSymbolsFrame(reader: ByteReader, fields: NativeFields): Symbols {
  const from = fields.uint32(SYMBOLS.from);
  return { type: "symbols", seq: fields.uint32(SEQ), from, symbols: symbolsIn(reader, fields) };
}

/** The symbols of an answer, and of a frame of their own: both have them in the same field. */
function symbolsIn(reader: ByteReader, fields: NativeFields): Symbols["symbols"] {
  const end = fields.begin(SYMBOLS.symbols);
  return end === undefined ? [] : readSymbols(reader, end);
}

function readRecordsRequest(reader: ByteReader, fields: NativeFields): RecordsRequest {
  const end = fields.begin(RECORDS_REQUEST.hashes);
  const hashes = end === undefined ? [] : readHashes(reader, end);
  const all = fields.flag(RECORDS_REQUEST.all);
  return { type: "records-request", seq: fields.uint32(SEQ), hashes, all };
}

function readAsk(fields: NativeFields): Ask {
  return {
    type: "ask",
    seq: fields.uint32(SEQ),
    address: fields.text(ASK.address),
    generation: fields.number(ASK.generation),
    trial: fields.uint32(ASK.trial),
  };
}

function readEvidence(fields: NativeFields, rejections: RejectionCounter): Evidence | undefined {
  const finding = FINDINGS[fields.number(EVIDENCE.finding)];
  const late = fields.uint32(EVIDENCE.late);
  if (finding !== undefined) return { type: "evidence", seq: fields.uint32(SEQ), finding, late };
  rejections.add("frame-unknown", "a finding that is not known here");
  return undefined;
}
