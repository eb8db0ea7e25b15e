// Lists are cut into frames by number and by bytes, and nothing is lost or told twice.

import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import { FRAME_BYTES, frameBatches, mostBytesOf } from "./frame-batches.js";
import type { MemberRecord } from "./member-record.js";

function recordOf(index: number, bytes: number): MemberRecord {
  const metadata = new Map([["blob", { value: "x".repeat(bytes), version: 1 }]]);
  return { ...nativeRecord(`10.0.0.${index}:7946`), metadata };
}

test("an empty list is one empty frame", () => {
  expect([...frameBatches([], 8)]).toEqual([{ begin: 0, end: 0 }]);
});

test("any list is cut so that each frame has room for more than one record only where they fit", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 9 }), (bytes, most) => {
      const records = bytes.map((size, index) => recordOf(index, size));
      let reached = 0;
      for (const { begin, end } of frameBatches(records, most)) {
        expect(begin).toBe(reached);
        reached = end;
        const batch = records.slice(begin, end);
        expect(batch.length).toBeLessThanOrEqual(most);
        const total = batch.reduce((sum, record) => sum + mostBytesOf(record), 0);
        if (batch.length > 1) expect(total).toBeLessThanOrEqual(FRAME_BYTES);
        expect(batch.length > 0 || records.length === 0).toBe(true);
      }
      expect(reached).toBe(records.length);
    }),
  );
});
