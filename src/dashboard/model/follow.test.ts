import { expect, test } from "vitest";
import { type Following, follow, type Resumable } from "./follow.js";
import { RETRY_MAX_MS, RETRY_MIN_MS } from "./limits.js";

/** Each stream gives its answers, then breaks; `open` keeps the cursors that it was asked for. */
function following(streams: string[][], stop: AbortController) {
  const opened: string[] = [];
  const pauses: number[] = [];
  const seen: string[] = [];
  const what: Following<Resumable> = {
    cursor: "",
    async *open(cursor) {
      opened.push(cursor);
      const answers = streams.shift();
      if (answers === undefined) {
        stop.abort();
        return;
      }
      for (const answer of answers) yield { cursor: answer };
      throw new Error("broken");
    },
    onAnswer: ({ cursor }) => seen.push(cursor),
    onBreak: () => {},
    pause: async (forMs) => {
      pauses.push(forMs);
    },
  };
  return { what, opened, pauses, seen };
}

test("a broken stream is opened again from the cursor that was seen last", async () => {
  const stop = new AbortController();
  const { what, opened, seen } = following([["a", "b"], ["c"]], stop);
  await follow(what, stop.signal);
  expect(opened).toEqual(["", "b", "c"]);
  expect(seen).toEqual(["a", "b", "c"]);
});

test("pauses grow while nothing comes, up to a limit, and begin anew with an answer", async () => {
  const stop = new AbortController();
  const { what, pauses } = following([[], [], [], [], [], ["a"]], stop);
  await follow(what, stop.signal);
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, RETRY_MAX_MS, RETRY_MIN_MS]);
});

test("nothing is told after the end", async () => {
  const stop = new AbortController();
  const { what, seen } = following([["a", "b"]], stop);
  what.onAnswer = ({ cursor }) => {
    seen.push(cursor);
    stop.abort();
  };
  await follow(what, stop.signal);
  expect(seen).toEqual(["a"]);
});
