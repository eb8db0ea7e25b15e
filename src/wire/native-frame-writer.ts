// Frames of the native protocol to bytes, as proto/gossip/v1/gossip.proto has them.

import type { Frame, Hello, Probe, ProbeAnswer, Records, Rumors } from "../core/native/frames.js";
import { ByteWriter } from "./byte-writer.js";
import { deflated } from "./native-deflate.js";
import { writeDurations } from "./native-durations.js";
import { writeLinks } from "./native-links.js";
import { writeHashes, writeLanes, writeSymbols } from "./native-packed.js";
import type { NativeRecordCodec } from "./native-record-codec.js";
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
  RECORDS,
  RECORDS_REQUEST,
  RUMORS,
  SEQ,
  SYMBOLS,
  SYMBOLS_REQUEST,
} from "./native-tags.js";

/** Writes one frame at a time. */
export class NativeFrameWriter {
  readonly #records: NativeRecordCodec;
  readonly #writer = new ByteWriter();

  constructor(records: NativeRecordCodec) {
    this.#records = records;
  }

  write(frame: Frame): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    const start = writer.open(FRAME[frame.type]);
    if ("seq" in frame) writer.number(SEQ, frame.seq);
    this.#writeFields(frame);
    writer.close(start);
    return writer.taken();
  }

  #writeFields(frame: Frame): void {
    const writer = this.#writer;
    switch (frame.type) {
      case "hello":
        return writeHello(writer, frame);
      case "probe":
        return writeProbe(writer, frame);
      case "probe-answer":
        return writeProbeAnswer(writer, frame);
      case "symbols-request":
        writer.number(SYMBOLS_REQUEST.from, frame.from);
        return writer.number(SYMBOLS_REQUEST.count, frame.count);
      case "symbols":
        writer.number(SYMBOLS.from, frame.from);
        return writeSymbols(writer, SYMBOLS.symbols, frame.symbols);
      case "records-request":
        writeHashes(writer, RECORDS_REQUEST.hashes, frame.hashes);
        return writer.flag(RECORDS_REQUEST.all, frame.all);
      case "records":
        return this.#writeRecords(frame);
      case "rumors":
        return this.#writeRumors(frame);
      case "ask":
        writer.text(ASK.address, frame.address);
        writer.number(ASK.generation, frame.generation);
        return writer.number(ASK.trial, frame.trial);
      case "evidence":
        writer.number(EVIDENCE.finding, FINDINGS.indexOf(frame.finding));
        return writer.number(EVIDENCE.late, frame.late);
      case "goodbye":
        return writer.text(GOODBYE.reason, frame.reason);
      case "links-request":
        return;
      case "links":
        return writeLinks(writer, frame.links);
    }
  }

  #writeRecords({ records, last }: Records): void {
    const writer = this.#writer;
    const start = writer.length;
    for (const record of records) this.#records.write(writer, RECORDS.records, record);
    const smaller = deflated(writer.since(start));
    if (smaller !== undefined) {
      writer.rewind(start);
      writer.bytes(RECORDS.deflated, smaller);
    }
    writer.flag(RECORDS.last, last);
  }

  #writeRumors({ records, first, accusing, agesMs }: Rumors): void {
    for (const record of records) this.#records.writeSent(this.#writer, RUMORS.records, record);
    this.#writer.flag(RUMORS.first, first);
    this.#writer.flag(RUMORS.accusing, accusing);
    if (agesMs !== undefined) writeDurations(this.#writer, RUMORS.agesUs, agesMs);
  }
}

function writeHello(writer: ByteWriter, hello: Hello): void {
  writer.text(HELLO.cluster, hello.cluster);
  writer.text(HELLO.address, hello.address);
  writer.number(HELLO.generation, hello.generation);
  writer.number(HELLO.minVersion, hello.minVersion);
  writer.number(HELLO.maxVersion, hello.maxVersion);
  for (const address of hello.originals) writer.presentText(HELLO.originals, address);
  writer.number(HELLO.clock, hello.clock);
}

function writeProbe(writer: ByteWriter, { fingerprint }: Probe): void {
  if (fingerprint === undefined) return;
  const start = writer.open(PROBE.fingerprint);
  writeLanes(writer, FINGERPRINT.lanes, fingerprint.lanes);
  writer.number(FINGERPRINT.count, fingerprint.count);
  writer.close(start);
}

function writeProbeAnswer(writer: ByteWriter, { comparison }: ProbeAnswer): void {
  writer.number(PROBE_ANSWER.comparison, COMPARISONS.indexOf(comparison.type));
  if (comparison.type === "different") {
    writeSymbols(writer, PROBE_ANSWER.symbols, comparison.symbols);
  } else if (comparison.type === "busy") {
    for (const address of comparison.addresses) {
      writer.presentText(PROBE_ANSWER.addresses, address);
    }
  }
}
