// Bytes in place of frames: whatever comes, the decoder gives a frame or a reason, and what it gives
// the core can take.

import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import { LoneNativeCore } from "../support/lone-native-core.js";
import { ADDRESSES, damaged, drawnDamage, drawnFrame } from "./drawn-frames.js";
import { FUZZ_BOUND_MS, tryOften } from "./fuzz-run.js";

const [, NEIGHBOUR = ""] = ADDRESSES;
/** With one far smaller than a drawn frame can be, so that limits are met. */
const CODECS = [
  DEFAULT_LIMITS,
  { ...DEFAULT_LIMITS, maxRecordsPerFrame: 3, maxMetadataKeys: 2 },
].map((limits) => new NativeCodec(limits));

/** Decodes; where a frame comes out, it is taken in by a core, and can be sent on. */
function takeIn(bytes: Uint8Array): void {
  for (const codec of CODECS) {
    const rejections = new RejectionCounter();
    const frame = codec.decode(bytes, rejections);
    if (frame === undefined) {
      expect(rejections.take()).not.toEqual([]);
      continue;
    }
    const lone = new LoneNativeCore();
    const neighbour = lone.meets(NEIGHBOUR);
    neighbour.sends(frame);
    lone.advance(100);
    // It is what it was once it was sent on: what was taken in has one meaning.
    const again = codec.decode(codec.encode(frame).slice(), new RejectionCounter());
    expect(again).toEqual(frame);
  }
}

test(
  "any bytes are a frame, or no frame for a reason",
  () => tryOften(2_000, fc.uint8Array({ maxLength: 300 }), takeIn),
  FUZZ_BOUND_MS,
);

test(
  "a frame to which something happened is a frame, or no frame for a reason",
  () => {
    const drawn = fc.tuple(drawnFrame, drawnDamage);
    tryOften(2_000, drawn, ([frame, damages]) => {
      const [codec] = CODECS;
      takeIn(damaged(codec?.encode(frame) ?? new Uint8Array(), damages));
    });
  },
  FUZZ_BOUND_MS,
);

test(
  "any bytes are a record of the seed dialect, or none for a reason",
  () => {
    const codec = new RecordCodec(DEFAULT_LIMITS);
    tryOften(5_000, fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (messages) => {
      const rejections = new RejectionCounter();
      const records = codec.decode(messages, rejections);
      const rejected = rejections.take().reduce((sum, { count }) => sum + count, 0);
      expect(records.length + rejected).toBe(messages.length);
    });
  },
  FUZZ_BOUND_MS,
);
