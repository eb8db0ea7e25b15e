// A simulated machine: its clock, its CPU, and the ways in which its process can be held up.

import { beforeEach, describe, expect, test } from "vitest";
import { BareWorld, Notes } from "../../test/simulator/bare-world.js";
import type { Host } from "./host.js";

let world: BareWorld;
let host: Host;
let notes: Notes;

beforeEach(() => {
  world = new BareWorld();
  host = world.host();
  notes = new Notes(world);
});

describe("timers", () => {
  test("run after their delay", () => {
    host.setTimer(notes.noting("timer"), 50);
    world.advance(49);
    expect(notes.all).toEqual([]);
    world.advance(1);
    expect(notes.all).toEqual([[50, "timer"]]);
  });

  test("do not run once cancelled", () => {
    const cancel = host.setTimer(notes.noting("timer"), 50);
    cancel();
    world.advance(100);
    expect(notes.all).toEqual([]);
  });

  test("of a process that has ended do not run, also not in the one after it", () => {
    host.setTimer(notes.noting("timer"), 50);
    host.endProcess();
    host.startProcess();
    world.advance(100);
    expect(notes.all).toEqual([]);
  });
});

describe("a paused process", () => {
  test("runs its timers late, in their order, once it is resumed", () => {
    host.setTimer(notes.noting("second"), 20);
    host.setTimer(notes.noting("first"), 10);
    host.pause();
    world.advance(500);
    expect(notes.all).toEqual([]);
    host.resume();
    world.advance(0);
    expect(notes.all).toEqual([
      [500, "first"],
      [500, "second"],
    ]);
  });

  test("does not run a timer that is cancelled while it is late", () => {
    host.setTimer(() => cancelSecond(), 10);
    const cancelSecond = host.setTimer(notes.noting("second"), 20);
    host.pause();
    world.advance(500);
    host.resume();
    world.advance(500);
    expect(notes.all).toEqual([]);
  });

  test("does its work late, and pays for it then", () => {
    host.pause();
    host.work(5, notes.noting("work"));
    world.advance(100);
    expect(host.counters.cpuMs).toBe(0);
    host.resume();
    world.advance(10);
    expect(notes.all.map(([, what]) => what)).toEqual(["work"]);
    expect(host.counters.cpuMs).toBe(5);
  });

  test("keeps what it was doing when it was paused", () => {
    host.work(5, notes.noting("work"));
    world.advance(2);
    host.pause();
    world.advance(100);
    expect(notes.all).toEqual([]);
    host.resume();
    expect(notes.all).toEqual([[102, "work"]]);
  });

  test("that is ended forgets all of it", () => {
    host.pause();
    host.setTimer(notes.noting("timer"), 10);
    host.work(0, notes.noting("work"));
    world.advance(50);
    host.endProcess();
    host.startProcess();
    expect(host.isPaused).toBe(false);
    host.resume();
    world.advance(100);
    expect(notes.all).toEqual([]);
  });
});

describe("a machine that sleeps", () => {
  /** Asleep from 100 to 600 ms. */
  function sleepAndWake(countsSleep: boolean): void {
    world.advanceTo(100);
    host.sleep();
    world.advanceTo(600);
    host.wake(countsSleep);
    world.advance(0);
  }

  test("does no work, and does it once it is awake", () => {
    host.sleep();
    host.work(5, notes.noting("work"));
    host.setTimer(notes.noting("timer"), 10);
    world.advance(500);
    expect(host.isAsleep).toBe(true);
    expect(host.isPaused).toBe(true);
    expect(notes.all).toEqual([]);
    expect(host.counters.cpuMs).toBe(0);
    host.wake(true);
    world.advance(100);
    expect(host.isAsleep).toBe(false);
    expect(host.isPaused).toBe(false);
    expect(notes.all.map(([, what]) => what).sort()).toEqual(["timer", "work"]);
    expect(host.counters.cpuMs).toBe(5);
  });

  test("has a monotonic clock that stood still, where that does not count sleep, and the right time of day", () => {
    sleepAndWake(false);
    expect(host.monotonicMs()).toBe(100);
    expect(host.wallClockMs(5_000)).toBe(5_600);
    world.advance(50);
    expect(host.monotonicMs()).toBe(150);
  });

  test("has clocks that went on, where the monotonic one counts sleep", () => {
    sleepAndWake(true);
    expect(host.monotonicMs()).toBe(600);
    expect(host.wallClockMs(5_000)).toBe(5_600);
  });

  test("runs each timer after what was left of it, where the clock stood still", () => {
    host.setTimer(notes.noting("due asleep"), 150);
    host.setTimer(notes.noting("due after it woke"), 650);
    sleepAndWake(false);
    expect(notes.all).toEqual([]);
    world.advance(1_000);
    expect(notes.all).toEqual([
      [650, "due asleep"],
      [1_150, "due after it woke"],
    ]);
  });

  test("runs what is overdue at once, and the rest when it is due, where the clock went on", () => {
    host.setTimer(notes.noting("due asleep"), 150);
    host.setTimer(notes.noting("due after it woke"), 650);
    sleepAndWake(true);
    expect(notes.all).toEqual([[600, "due asleep"]]);
    world.advance(1_000);
    expect(notes.all.at(-1)).toEqual([650, "due after it woke"]);
  });

  test("has timers that begin and end around a sleep as if there had been none", () => {
    host.setTimer(notes.noting("over before"), 50);
    const cancel = host.setTimer(notes.noting("cancelled"), 150);
    sleepAndWake(false);
    cancel();
    host.setTimer(notes.noting("begun after"), 50);
    world.advance(1_000);
    expect(notes.all).toEqual([
      [50, "over before"],
      [650, "begun after"],
    ]);
  });

  test("may sleep twice: what is left of a timer counts while it is awake alone", () => {
    host.setTimer(notes.noting("timer"), 150);
    sleepAndWake(false);
    world.advance(20);
    host.sleep();
    host.sleep();
    world.advance(1_000);
    host.wake(false);
    host.wake(false);
    world.advance(1_000);
    // 100 ms before the first sleep, 20 between the two, and 30 after the second, which ended at 1,620.
    expect(notes.all).toEqual([[1_650, "timer"]]);
  });

  test("does not run for a SIGCONT, and goes on when it wakes", () => {
    host.pause();
    host.sleep();
    host.work(0, notes.noting("work"));
    host.resume();
    world.advance(100);
    expect(notes.all).toEqual([]);
    host.wake(true);
    expect(notes.all).toEqual([[100, "work"]]);
  });

  test("leaves a process stopped that was stopped", () => {
    host.pause();
    host.sleep();
    host.setTimer(notes.noting("timer"), 10);
    world.advance(100);
    host.wake(true);
    world.advance(100);
    expect(host.isPaused).toBe(true);
    expect(notes.all).toEqual([]);
    host.resume();
    expect(notes.all).toEqual([[200, "timer"]]);
  });

  test("forgets all of it where its process ends", () => {
    host.setTimer(notes.noting("timer"), 10);
    host.sleep();
    world.advance(50);
    host.endProcess();
    host.startProcess();
    expect(host.isAsleep).toBe(false);
    host.wake(true);
    world.advance(100);
    expect(notes.all).toEqual([]);
  });
});

describe("a blocked process", () => {
  test("runs its timers, but holds back its messages", () => {
    host.block();
    host.setTimer(notes.noting("timer"), 10);
    host.onMessage(notes.noting("first message"));
    host.onMessage(notes.noting("second message"));
    world.advance(100);
    expect(notes.all).toEqual([[10, "timer"]]);
    host.unblock();
    expect(notes.all.slice(1)).toEqual([
      [100, "first message"],
      [100, "second message"],
    ]);
    host.onMessage(notes.noting("third message"));
    expect(notes.all.at(-1)).toEqual([100, "third message"]);
  });
});

describe("the CPU", () => {
  test("does one thing after the other", () => {
    host.work(5, notes.noting("first"));
    host.work(3, notes.noting("second"));
    expect(host.backlogMs).toBe(8);
    world.advance(100);
    expect(notes.all).toEqual([
      [5, "first"],
      [8, "second"],
    ]);
    expect(host.backlogMs).toBe(0);
    expect(host.counters.cpuMs).toBe(8);
  });

  test("runs what costs nothing at once, unless it is busy", () => {
    host.work(0, notes.noting("idle"));
    expect(notes.all).toEqual([[0, "idle"]]);
    host.work(5, () => {});
    host.work(0, notes.noting("busy"));
    world.advance(100);
    expect(notes.all.at(-1)).toEqual([5, "busy"]);
  });

  test("makes timers late while it is busy", () => {
    host.setTimer(notes.noting("timer"), 10);
    host.work(25, () => {});
    world.advance(100);
    expect(notes.all).toEqual([[25, "timer"]]);
  });

  test("takes longer by its factor", () => {
    host.cpuFactor = 10;
    host.work(5, notes.noting("work"));
    world.advance(100);
    expect(notes.all).toEqual([[50, "work"]]);
    expect(host.counters.cpuMs).toBe(50);
  });
});

describe("the clocks", () => {
  test("a jump moves the time of day, and nothing else", () => {
    host.setTimer(notes.noting("timer"), 100);
    world.advance(50);
    host.jumpClock(-3_600_000);
    expect(host.wallClockMs(0)).toBe(50 - 3_600_000);
    expect(host.monotonicMs()).toBe(50);
    world.advance(50);
    expect(notes.all).toEqual([[100, "timer"]]);
  });

  test("a drift changes their speed from then on, without a jump", () => {
    world.advance(1_000);
    host.setClockRate(1.1);
    expect(host.monotonicMs()).toBe(1_000);
    world.advance(1_000);
    expect(host.monotonicMs()).toBeCloseTo(2_100, 6);
    host.setClockRate(1);
    expect(host.monotonicMs()).toBeCloseTo(2_100, 6);
    world.advance(1_000);
    expect(host.monotonicMs()).toBeCloseTo(3_100, 6);
    expect(host.wallClockMs(5_000)).toBeCloseTo(8_100, 6);
  });

  test("a timer takes as long as the drifting clock says", () => {
    host.setClockRate(2);
    host.setTimer(notes.noting("timer"), 100);
    world.advance(1_000);
    expect(notes.all).toEqual([[50, "timer"]]);
  });

  test("go on while the process is paused or ended", () => {
    host.pause();
    world.advance(500);
    host.endProcess();
    world.advance(500);
    expect(host.monotonicMs()).toBe(1_000);
  });
});

describe("the process", () => {
  test("runs from its start to its end, on a machine that is up", () => {
    expect(host.isRunning).toBe(true);
    host.endProcess();
    expect(host.isRunning).toBe(false);
    host.startProcess();
    expect(host.isRunning).toBe(true);
    host.isUp = false;
    expect(host.isRunning).toBe(false);
  });

  test("that has ended stays so however often it is ended", () => {
    host.endProcess();
    host.endProcess();
    expect(host.isRunning).toBe(false);
    host.startProcess();
    expect(host.isRunning).toBe(true);
  });

  test("leaves no work to the one after it", () => {
    host.work(1_000, notes.noting("work of the first process"));
    host.endProcess();
    host.startProcess();
    host.work(1, notes.noting("work of the second process"));
    world.advance(2_000);
    expect(notes.all).toEqual([[1, "work of the second process"]]);
  });
});
