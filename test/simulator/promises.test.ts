// The checkers of what is promised can fail: for each promise, cores that are broken in a way that only
// it forbids are caught under exactly its name, and the sound core passes the same scenarios.

import { afterEach, describe, expect, test, vi } from "vitest";
import type { MemberEvent } from "../../src/core/member.js";
import type * as AnnouncerModule from "../../src/core/native/announcer.js";
import type * as CalendarModule from "../../src/core/native/calendar.js";
import type * as ChecksModule from "../../src/core/native/checks.js";
import type * as DetectorModule from "../../src/core/native/detector.js";
import type * as HelloModule from "../../src/core/native/hello.js";
import type * as HistoryModule from "../../src/core/native/history.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import type * as CountersModule from "../../src/core/native/native-counters.js";
import type * as TimingModule from "../../src/core/native/native-timing.js";
import type * as OverlayModule from "../../src/core/native/overlay.js";
import type * as OwnMemberModule from "../../src/core/native/own-member.js";
import type * as RosterModule from "../../src/core/native/roster.js";
import type * as RumorQueueModule from "../../src/core/native/rumor-queue.js";
import type * as StandingModule from "../../src/core/native/standing.js";
import type * as SuspicionModule from "../../src/core/native/suspicion.js";
import type { PeerInfo } from "../../src/core/record.js";
import type { Timing } from "../../src/core/timing.js";
import type * as NativeEngineModule from "../../src/peer/native-engine.js";
import type * as PeerModule from "../../src/peer/peer.js";
import { type Invariant, PROMISES } from "../../src/simulator/checkers/violation.js";
import type { SimPeer } from "../../src/simulator/sim-peer.js";
import type { SimulatorOptions } from "../../src/simulator/simulator.js";
import {
  crashing,
  FEW_NEAR,
  hanging,
  islet,
  isOfSecond,
  leaving,
  oneClockAhead,
  PING_PERIOD_MS,
  PROBE_TIMEOUT_MS,
  resting,
  type Stage,
  standingStill,
  TWO_CLUSTERS,
  writing,
  wrongSeed,
} from "./promise-scenarios.js";

interface Broken {
  readonly invariant: Invariant;
  readonly how: string;
  /** The module of src/ that is replaced. */
  readonly module: string;
  /** Gives what of the module is replaced. */
  readonly replace: (sound: never) => object;
  readonly options?: Partial<SimulatorOptions>;
  readonly clusterOf?: (peer: SimPeer) => number;
  readonly scenario: (stage: Stage) => void;
}

/** What the promises hold, and the expiry of tombstones, which is checked where verdicts are. */
const TRIED: readonly Invariant[] = [...PROMISES, "returns-by-itself"];

/** An announcer that tells what `emitAs` makes of each event. */
function announcing(emitAs: (event: MemberEvent) => readonly MemberEvent[]) {
  return ({ Announcer }: typeof AnnouncerModule) => ({
    Announcer: class extends Announcer {
      constructor(emit: (event: MemberEvent) => void) {
        super((event) => {
          for (const told of emitAs(event)) emit(told);
        });
      }
    },
  });
}

/** Timing in which that is otherwise. */
function timed(change: (timing: Timing) => Partial<TimingModule.NativeTiming>) {
  return ({ nativeTiming }: typeof TimingModule) => ({
    nativeTiming: (timing: Timing, probeTimeoutMs: number) => ({
      ...nativeTiming(timing, probeTimeoutMs),
      ...change(timing),
    }),
  });
}

const BROKEN: readonly Broken[] = [
  {
    invariant: "own-words",
    how: "keeps its old name when its application writes another",
    module: "core/native/own-member",
    replace: ({ writeInfo }: typeof OwnMemberModule) => ({
      writeInfo: (own: MemberRecord, info: PeerInfo) => writeInfo(own, { ...info, name: own.name }),
    }),
    scenario: writing,
  },
  {
    invariant: "own-words",
    how: "keeps the keys that its application no longer writes",
    module: "core/native/own-member",
    replace: ({ writeInfo }: typeof OwnMemberModule) => ({
      writeInfo: (own: MemberRecord, info: PeerInfo) => {
        const held = Array.from(own.metadata, ([key, { value }]) => [key, value] as const);
        const metadata = { ...Object.fromEntries(held), ...info.metadata };
        return writeInfo(own, { ...info, metadata });
      },
    }),
    scenario: writing,
  },
  {
    invariant: "event-stream",
    how: "does not tell of updates",
    module: "core/native/announcer",
    replace: announcing((event) => (event.type === "member-updated" ? [] : [event])),
    scenario: writing,
  },
  {
    invariant: "event-stream",
    how: "tells joins twice",
    module: "core/native/announcer",
    replace: announcing((event) => (event.type === "member-joined" ? [event, event] : [event])),
    scenario: writing,
  },
  {
    invariant: "event-stream",
    how: "tells that a suspicion is over of which it did not tell",
    module: "core/native/announcer",
    replace: announcing((event) => (event.type === "member-suspected" ? [] : [event])),
    scenario: hanging,
  },
  {
    invariant: "leave-is-a-leave",
    how: "tells a goodbye as a failure",
    module: "core/native/announcer",
    replace: announcing((event) => [
      event.type === "member-left"
        ? { type: "member-failed", member: event.member, reason: "it said goodbye" }
        : event,
    ]),
    scenario: leaving,
  },
  {
    invariant: "leave-is-a-leave",
    how: "holds of those that leave that they failed",
    module: "core/native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override merge(record: MemberRecord, isDoubted?: boolean): MemberRecord | undefined {
          const hasLeft = record.verdict === "left" && record.address !== this.own.address;
          return super.merge(hasLeft ? { ...record, verdict: "failed" } : record, isDoubted);
        }
      },
    }),
    scenario: leaving,
  },
  {
    invariant: "promised-times",
    how: "leaves updates to its exchanges",
    module: "core/native/rumor-queue",
    replace: ({ RumorQueue }: typeof RumorQueueModule) => ({
      RumorQueue: class extends RumorQueue {
        override get flushAtMs(): undefined {
          return undefined;
        }
      },
    }),
    scenario: writing,
  },
  {
    invariant: "promised-times",
    how: "does not look at a member whose link broke",
    module: "core/native/checks",
    replace: ({ Checks }: typeof ChecksModule) => ({
      Checks: class extends Checks {
        override onLinkBroken(): void {}
      },
    }),
    scenario: crashing,
  },
  {
    invariant: "declared-by-most",
    how: "takes one watcher for most",
    module: "core/native/suspicion",
    replace: (_sound: typeof SuspicionModule) => ({ confirmationsNeeded: () => 1 }),
    options: FEW_NEAR,
    scenario: crashing,
  },
  {
    invariant: "declared-by-most",
    how: "declares failed alone as many as do not answer it",
    module: "core/native/detector",
    replace: ({ Detector }: typeof DetectorModule) => ({
      Detector: class extends Detector {
        readonly #sound: DetectorModule.DetectorContext;
        constructor(context: DetectorModule.DetectorContext) {
          super(context);
          this.#sound = context;
        }
        override onMissed(address: string, now: number): void {
          super.onMissed(address, now);
          if (!this.isSuspected(address)) return;
          const { history, convict } = this.#sound;
          history.add(address, { type: "convicted", reason: "it does not answer us" }, now);
          convict(address, "it does not answer us", false, now);
        }
      },
    }),
    options: { peers: 16 },
    scenario: islet,
  },
  {
    invariant: "returns-by-itself",
    how: "remembers who is gone until a minute of its own",
    module: "core/native/calendar",
    replace: ({ Calendar }: typeof CalendarModule) => ({
      Calendar: class extends Calendar {
        override expiry(now: number): number {
          return super.expiry(now) + 1;
        }
      },
    }),
    scenario: crashing,
  },
  {
    invariant: "rest",
    how: "exchanges eight times as often as it was told",
    module: "core/native/native-timing",
    replace: timed(({ pingPeriodMs }) => ({ pingPeriodMs: pingPeriodMs / 8 })),
    scenario: resting,
  },
  {
    invariant: "rest",
    how: "dials a neighbour over and over",
    module: "core/native/overlay",
    replace: ({ Overlay }: typeof OverlayModule) => ({
      Overlay: class extends Overlay {
        readonly #sound: OverlayModule.OverlayContext;
        #openAtMs = 0;
        constructor(context: OverlayModule.OverlayContext, now: number) {
          super(context, now);
          this.#sound = context;
        }
        override maintain(now: number): void {
          super.maintain(now);
          const [neighbour] = this.#sound.roster.neighbours();
          if (neighbour === undefined || now < this.#openAtMs) return;
          this.#openAtMs = now + 2 * PING_PERIOD_MS;
          this.#sound.open(neighbour, now);
        }
      },
    }),
    scenario: resting,
  },
  {
    invariant: "rest",
    how: "suspects again and again who has just answered",
    module: "core/native/detector",
    replace: ({ Detector }: typeof DetectorModule) => ({
      Detector: class extends Detector {
        override onTimely(address: string, sentAtMs: number, now: number): void {
          super.onTimely(address, sentAtMs, now);
          super.onMissed(address, now);
          super.onTimely(address, sentAtMs, now);
        }
      },
    }),
    scenario: resting,
  },
  {
    invariant: "rest",
    how: "writes its own record anew in each period",
    module: "core/native/standing",
    replace: ({ Standing }: typeof StandingModule) => ({
      Standing: class extends Standing {
        readonly #sound: StandingModule.StandingContext;
        constructor(context: StandingModule.StandingContext) {
          super(context);
          this.#sound = context;
        }
        override onPeriod(now: number): void {
          super.onPeriod(now);
          const { own } = this.#sound.roster;
          this.#sound.setOwn({ ...own, version: own.version + 1 }, now);
        }
      },
    }),
    scenario: resting,
  },
  {
    invariant: "truth",
    how: "counts no stalls",
    module: "core/native/native-counters",
    replace: ({ newNativeCounters }: typeof CountersModule) => ({
      newNativeCounters: () =>
        Object.defineProperty(newNativeCounters(), "stalls", { get: () => 0, set: () => {} }),
    }),
    scenario: standingStill,
  },
  {
    invariant: "truth",
    how: "remembers nothing that it could explain",
    module: "core/native/history",
    replace: ({ History }: typeof HistoryModule) => ({
      History: class extends History {
        override of(): [] {
          return [];
        }
      },
    }),
    scenario: crashing,
  },
  {
    invariant: "truth",
    how: "says that it is not joined",
    module: "peer/peer",
    replace: ({ Peer }: typeof PeerModule) => {
      const { health } = Peer.prototype;
      Peer.prototype.health = function (): ReturnType<typeof health> {
        return { ...health.call(this), isJoined: false };
      };
      return { Peer };
    },
    scenario: writing,
  },
  {
    invariant: "truth",
    how: "counts one member more than it lists",
    module: "peer/native-engine",
    replace: ({ NativeEngine }: typeof NativeEngineModule) => {
      const { stats } = NativeEngine.prototype;
      NativeEngine.prototype.stats = function (
        ...parameters: Parameters<typeof stats>
      ): ReturnType<typeof stats> {
        const told = stats.apply(this, parameters);
        return { ...told, liveMembers: told.liveMembers + 1 };
      };
      return { NativeEngine };
    },
    scenario: writing,
  },
  {
    invariant: "clock",
    how: "goes by the clock that is furthest ahead",
    module: "core/native/calendar",
    replace: ({ Calendar }: typeof CalendarModule) => ({
      Calendar: class extends Calendar {
        override compare(offsetsMs: readonly number[]): void {
          super.compare([Math.max(...offsetsMs)], true);
        }
      },
    }),
    scenario: oneClockAhead,
  },
  {
    invariant: "one-cluster",
    how: "does not ask of which cluster another is",
    module: "core/native/hello",
    replace: ({ helloFault }: typeof HelloModule) => ({
      helloFault: (hello: Parameters<typeof helloFault>[0]) => helloFault(hello, hello.cluster),
    }),
    options: TWO_CLUSTERS,
    clusterOf: ({ index }) => (isOfSecond(index) ? 1 : 0),
    scenario: wrongSeed,
  },
];

/** The scenario with whatever core is loaded now; the violations by name. */
async function violationsOf({ options, clusterOf, scenario }: Broken): Promise<string[]> {
  const { Simulator } = await import("../../src/simulator/simulator.js");
  const { CheckerSet } = await import("../../src/simulator/checkers/checker-set.js");
  const sim = new Simulator({
    seed: 1,
    peers: 8,
    ...options,
    options: { pingPeriodMs: PING_PERIOD_MS, probeTimeoutMs: PROBE_TIMEOUT_MS },
  });
  const checkers = new CheckerSet(sim, {
    pingPeriodMs: PING_PERIOD_MS,
    probeTimeoutMs: PROBE_TIMEOUT_MS,
    ...(clusterOf === undefined ? {} : { clusterOf }),
  });
  sim.observe(checkers);
  scenario({ sim, checkers });
  return checkers.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

/** The name before the colon. */
function namesOf(violations: readonly string[]): Set<string> {
  return new Set(violations.map((violation) => violation.slice(0, violation.indexOf(":"))));
}

afterEach(() => {
  for (const { module } of BROKEN) vi.doUnmock(`../../src/${module}.js`);
  vi.resetModules();
});

describe.each(TRIED)("the checker of %s", (invariant) => {
  const broken = BROKEN.filter((one) => one.invariant === invariant);

  test("is tried on a broken core", () => {
    expect(broken).not.toEqual([]);
  });

  test.each(broken)("catches a core that $how", async (one) => {
    const path = `../../src/${one.module}.js`;
    vi.resetModules();
    const sound = await vi.importActual<object>(path);
    vi.doMock(path, () => ({ ...sound, ...one.replace(sound as never) }));
    const violations = await violationsOf(one);
    const names = namesOf(violations);
    // Peers that hold what they should not may never agree: that is what follows, not what is wrong.
    names.delete("agreement");
    expect(names, violations.slice(0, 5).join("\n")).toEqual(new Set([invariant]));
  });

  test.each(broken)("has nothing to say of the sound core where another $how", async (one) => {
    vi.resetModules();
    expect(await violationsOf(one)).toEqual([]);
  });
});
