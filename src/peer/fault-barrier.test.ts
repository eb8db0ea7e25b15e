import { beforeEach, describe, expect, test, vi } from "vitest";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import type { Link, LinkListener, Transport } from "../transport/transport.js";
import type { Environment } from "./environment.js";
import { FaultBarrier } from "./fault-barrier.js";

const REQUEST = { address: "10.0.0.5:7946", method: "/a/b", timeoutMs: 1, messages: [] };

let logger: RecordingLogger;
let barrier: FaultBarrier;

beforeEach(() => {
  logger = new RecordingLogger();
  barrier = new FaultBarrier(logger);
});

function fail(): never {
  throw new Error("a fault");
}

function newLink() {
  return { send: vi.fn(), unsentBytes: 0, close: vi.fn(), refuse: vi.fn() } satisfies Link;
}

/** An environment whose parts call back at once. */
function environmentWith(transport: Partial<Transport>): Environment {
  return {
    transport: transport as Transport,
    random: Math.random,
    now: () => 0,
    wallClockMs: () => 0,
    setTimer: vi.fn(() => () => {}),
    lookup: (_name, onEnd) => onEnd([]),
  };
}

function expectFaults(count: number): void {
  expect(barrier.faults).toBe(count);
  expect(logger.lines).toHaveLength(count);
  expect(logger.lines.every(({ level }) => level === "error")).toBe(true);
}

describe("a fault in taking in what others sent", () => {
  test("leaves a call without an answer, and gets no further", () => {
    barrier.handler(fail)({ method: "/a/b", messages: [], dropped: 0 }, () => {});
    const { transport, lookup } = barrier.environment(
      environmentWith({
        call: (_request, onEnd) => onEnd({ type: "answered", messages: [], dropped: 0 }),
        knock: (_address, _timeoutMs, onEnd) => onEnd("silent"),
      }),
    );
    transport.call({ ...REQUEST, maxMessages: 1 }, fail);
    transport.knock(REQUEST.address, 1, fail);
    lookup("a.example", fail);
    expectFaults(4);
  });

  test("closes the link that it came over, which has ended then", () => {
    const link = newLink();
    let network: LinkListener | undefined;
    const { transport } = barrier.environment(
      environmentWith({
        openLink: (_request, listener) => {
          network = listener;
          return link;
        },
      }),
    );
    const onEnd = vi.fn();
    transport.openLink(REQUEST, { onFrame: fail, onDrained: () => {}, onEnd });
    network?.onFrame(new Uint8Array());
    expect(link.close).toHaveBeenCalledTimes(1);
    expect(onEnd).toHaveBeenCalledWith({ type: "closed" });
    expectFaults(1);
  });

  test("closes a link of another that could not even be taken", () => {
    const link = newLink();
    const listener = barrier.onLink(fail)(link);
    expect(link.close).toHaveBeenCalledTimes(1);
    listener.onFrame(new Uint8Array());
    listener.onEnd({ type: "closed" });
    expectFaults(1);
  });
});

test("what was due when a fault came is tried again, until it is called off", () => {
  const inner = environmentWith({});
  const cancelled: number[] = [];
  const run: (() => void)[] = [];
  inner.setTimer = (onTimeout) => {
    const number = run.push(onTimeout);
    return () => cancelled.push(number);
  };
  const onTimeout = vi.fn(fail);
  const cancel = barrier.environment(inner).setTimer(onTimeout, 5);
  run[0]?.();
  expect(run).toHaveLength(2);
  cancel();
  expect(cancelled).toEqual([2]);
  expectFaults(1);
});
