// The queue of one reader of events, by itself: its order, its bound and its end.

import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue, type TimedEvent } from "./event-queue.js";

const END = { done: true, value: undefined };

function eventNo(index: number): TimedEvent {
  const member = { address: "10.0.0.1:7946", info: { name: "" }, status: "live", version: index };
  return { type: "member-updated", member: { ...member, status: "live" }, at: index };
}

function given(index: number) {
  return { done: false, value: eventNo(index) };
}

function dropped(count: number) {
  return { done: false, value: { type: "events-dropped", count } };
}

function newQueue(maxQueued = 3): { queue: EventQueue; closed: EventQueue[] } {
  const closed: EventQueue[] = [];
  const queue = new EventQueue(maxQueued, (which) => closed.push(which));
  return { queue, closed };
}

test("events come out in the order in which they went in", async () => {
  const { queue } = newQueue();
  for (const index of [1, 2, 3]) expect(queue.push(eventNo(index))).toBe(0);
  for (const index of [1, 2, 3]) expect(await queue.next()).toEqual(given(index));
});

test("reads that wait are served in their order", async () => {
  const { queue } = newQueue();
  const reads = Promise.all([queue.next(), queue.next()]);
  queue.push(eventNo(1));
  queue.push(eventNo(2));
  expect(await reads).toEqual([given(1), given(2)]);
});

test("the oldest events make room, and the reader is told how many before the others", async () => {
  const { queue } = newQueue(2);
  const counts = [1, 2, 3, 4, 5].map((index) => queue.push(eventNo(index)));
  expect(counts).toEqual([0, 0, 1, 1, 1]);
  expect(await queue.next()).toEqual(dropped(3));
  expect(await queue.next()).toEqual(given(4));
  // What is dropped later is told anew.
  queue.push(eventNo(6));
  queue.push(eventNo(7));
  expect(await queue.next()).toEqual(dropped(1));
  expect(await queue.next()).toEqual(given(6));
  expect(await queue.next()).toEqual(given(7));
});

test("after close what waits can still be read, then comes the end, each time", async () => {
  const { queue, closed } = newQueue(1);
  queue.push(eventNo(1));
  queue.push(eventNo(2));
  queue.close();
  queue.close();
  expect(closed).toEqual([queue]);
  expect(queue.push(eventNo(3))).toBe(0);
  expect(await queue.next()).toEqual(dropped(1));
  expect(await queue.next()).toEqual(given(2));
  expect(await queue.next()).toEqual(END);
  expect(await queue.next()).toEqual(END);
});

test("close ends all reads that wait", async () => {
  const { queue } = newQueue();
  const reads = Promise.all([queue.next(), queue.next()]);
  queue.close();
  expect(await reads).toEqual([END, END]);
});

test("a reader that breaks off throws away what waits", async () => {
  const { queue, closed } = newQueue();
  queue.push(eventNo(1));
  queue.push(eventNo(2));
  for await (const event of queue) {
    expect(event).toEqual(eventNo(1));
    break;
  }
  expect(closed).toEqual([queue]);
  expect(await queue.next()).toEqual(END);
});

test("whatever is pushed and read, events come in order, none twice, and the lost are counted", async () => {
  const steps = fc.array(fc.constantFrom("push", "read"), { maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (all, maxQueued) => {
      const { queue } = newQueue(maxQueued);
      let pushed = 0;
      let accounted = 0;
      const take = async (): Promise<void> => {
        const { value } = await queue.next();
        if (value?.type === "events-dropped") accounted += value.count;
        else {
          accounted += 1;
          expect(value?.member.version).toBe(accounted);
        }
      };
      for (const step of all) {
        if (step === "push") {
          pushed += 1;
          queue.push(eventNo(pushed));
        } else if (accounted < pushed) {
          await take();
        }
      }
      for (let left = 0; accounted < pushed; left += 1) {
        expect(left).toBeLessThanOrEqual(maxQueued);
        await take();
      }
      expect(accounted).toBe(pushed);
    }),
  );
});
