import { expect, test } from "vitest";
import type { Records, Rumors } from "../core/native/frames.js";
import { WaitingFrames } from "./waiting-frames.js";

test("rumors go before lists, and each in its order", () => {
  const records = (seq: number): Records => ({ type: "records", seq, records: [], last: true });
  const rumors = (first: boolean): Rumors => ({
    type: "rumors",
    records: [],
    first,
    accusing: false,
  });
  const waiting = new WaitingFrames();
  const [one, two, three, four] = [records(1), records(2), rumors(true), rumors(false)];
  for (const frame of [one, three, two, four]) waiting.add(frame);
  expect(waiting.length).toBe(4);
  expect([waiting.take(), waiting.take(), waiting.take(), waiting.take()]).toEqual([
    three,
    four,
    one,
    two,
  ]);
  expect([waiting.take(), waiting.length]).toEqual([undefined, 0]);
});
