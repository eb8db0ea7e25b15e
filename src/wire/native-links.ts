// What a peer tells of its links, to bytes and back.

import type { Links } from "../core/native/frames.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { RejectionCounter } from "../core/rejection.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import { microsecondsOf, millisecondsOf } from "./native-durations.js";
import { NativeFields } from "./native-fields.js";
import type { NativeLimits } from "./native-limits.js";
import { LINK_REPORT, LINKS } from "./native-tags.js";
import { addressRejection } from "./seed-dialect.js";

const MAX_UINT32 = 2 ** 32 - 1;
/** How the latest probe went, by its number; what a later version adds is as if there was none. */
const PROBES = [undefined, true, false] as const;

/** Writes the links of a frame. */
export function writeLinks(writer: ByteWriter, links: readonly LinkDetail[]): void {
  for (const link of links) {
    const start = writer.open(LINKS.links);
    writer.text(LINK_REPORT.address, link.address);
    writer.flag(LINK_REPORT.outbound, link.isOutbound);
    writer.flag(LINK_REPORT.neighbour, link.isNeighbour);
    writer.number(LINK_REPORT.roundTripUs, microsecondsOf(link.roundTripMs));
    writer.number(LINK_REPORT.silentForMs, bounded(link.silentForMs));
    writer.number(LINK_REPORT.probe, PROBES.indexOf(link.isLatestProbeTimely));
    writer.close(start);
  }
}

/** Reads the links of a frame; what is malformed is left out and added to `rejections`. */
export function readLinks(
  reader: ByteReader,
  seq: number,
  end: number,
  limits: NativeLimits,
  rejections: RejectionCounter,
): Links {
  const links: LinkDetail[] = [];
  let count = 0;
  while (reader.position < end) {
    const tag = reader.number();
    if (tag !== LINKS.links) {
      reader.skip(tag);
      continue;
    }
    const link = readLink(reader);
    count += 1;
    const reason =
      count > limits.maxRecordsPerFrame
        ? "too-many-records"
        : addressRejection(link.address, limits);
    if (reason === undefined) links.push(link);
    else rejections.add(reason, link.address);
  }
  return { type: "links", seq, links };
}

function readLink(reader: ByteReader): LinkDetail {
  const size = reader.size();
  const end = reader.position + size;
  const fields = new NativeFields(reader, end);
  const link = {
    address: fields.text(LINK_REPORT.address),
    isOutbound: fields.flag(LINK_REPORT.outbound),
    isNeighbour: fields.flag(LINK_REPORT.neighbour),
    roundTripMs: millisecondsOf(fields.uint32(LINK_REPORT.roundTripUs)),
    silentForMs: fields.uint32(LINK_REPORT.silentForMs),
    isLatestProbeTimely: PROBES[fields.number(LINK_REPORT.probe)],
  };
  reader.position = end;
  return link;
}

function bounded(value: number): number {
  return Math.min(MAX_UINT32, Math.max(0, Math.round(value)));
}
