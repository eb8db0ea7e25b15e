// The checkers of the native protocol can fail: for each invariant, cores that are broken in a way
// that only it forbids are caught under exactly its name, and the sound core passes the same scenarios.

import { afterEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type * as DetectorModule from "../../src/core/native/detector.js";
import type { Ask } from "../../src/core/native/frames.js";
import type * as LinkTableModule from "../../src/core/native/link-table.js";
import type { LinkState } from "../../src/core/native/link-table.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import type * as MergeModule from "../../src/core/native/merge.js";
import type * as NativeCoreModule from "../../src/core/native/native-core.js";
import type * as OwnMemberModule from "../../src/core/native/own-member.js";
import type * as RecordHashModule from "../../src/core/native/record-hash.js";
import type * as RosterModule from "../../src/core/native/roster.js";
import type * as RosterSumModule from "../../src/core/native/roster-sum.js";
import type * as SketchModule from "../../src/core/native/sketch.js";
import type { PeerInfo } from "../../src/core/record.js";
import type * as SendingModule from "../../src/core/sending.js";
import type { NativeInvariantChecker } from "../../src/simulator/checkers/native-invariants.js";
import { type Invariant, STATE_INVARIANTS } from "../../src/simulator/checkers/violation.js";
import type { Simulator, SimulatorOptions } from "../../src/simulator/simulator.js";

/** What a scenario has: a cluster of eight, and what makes it run. */
interface Stage {
  readonly sim: Simulator;
  readonly checker: NativeInvariantChecker;
}

interface Broken {
  readonly invariant: Invariant;
  readonly how: string;
  /** The module of src/core/ that is replaced. */
  readonly module: string;
  /** Gives what of the module is replaced. */
  readonly replace: (sound: never) => object;
  readonly options?: Partial<SimulatorOptions>;
  readonly scenario: (stage: Stage) => void;
}

const LIMITS = { maxGoneMembers: 2, maxLinks: 32 };

/** All that wants to be known is asked at the end of every scenario. */
function endWithAgreement({ sim, checker }: Stage): void {
  sim.heal();
  // What is wrong already is known, and such peers may take long to show that they never agree.
  if (checker.violations.length > 0) return;
  checker.checkAgreement(60_000);
}

/** Updates, a crash, a restart and a partition, none of which a sound core minds. */
function troubledHour(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  sim.peer(2).peer.updateInfo({ name: "updated", metadata: { role: "reader" } });
  sim.runFor(2_000);
  sim.crash(sim.peer(6));
  sim.runFor(8_000);
  sim.restart(sim.peer(6), "restarted");
  sim.runFor(3_000);
  sim.partition(sim.peers.slice(0, 4), sim.peers.slice(4));
  sim.runFor(10_000);
  endWithAgreement(stage);
}

/** One peer gone for good, while the others go on. */
function lastingCrash(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  sim.crash(sim.peer(6));
  sim.runFor(15_000);
  endWithAgreement(stage);
}

/** A core is told to forget a live member, past the check of its peer. */
function forgetLive(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  const { native, host } = sim.peer(0);
  native?.forget(sim.peer(1).address, host.monotonicMs());
  sim.runFor(3_000);
  endWithAgreement(stage);
}

/** News travels, and nobody is in trouble. */
function calmWeather(stage: Stage): void {
  const { sim } = stage;
  for (let round = 0; round < 10; round += 1) {
    sim.peer(round % 8).peer.updateInfo({ name: `round ${round}` });
    sim.runFor(1_000);
  }
  endWithAgreement(stage);
}

/** Two sides convict one peer apart from each other, by clocks that differ. */
function verdictsOfTwoClocks(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  // Both of one side, whichever of them passes the verdict.
  for (const index of [0, 1]) {
    sim.jumpClock(sim.peer(index), 3_600_000);
    sim.restart(sim.peer(index));
    sim.runFor(3_000);
  }
  sim.partition(sim.peers.slice(0, 2), sim.peers.slice(2));
  sim.crash(sim.peer(7));
  sim.runFor(10_000);
  endWithAgreement(stage);
}

/** The seed is started anew, and then others, which hear of both its boots. */
function restarts(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  for (const index of [0, 3, 4]) {
    sim.restart(sim.peer(index), `anew ${index}`);
    sim.runFor(1_000);
  }
  endWithAgreement(stage);
}

/** Many join at once through one seed, then most of them go. */
function massJoinAndExit(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(5_000);
  for (const peer of sim.peers.slice(4)) sim.crash(peer);
  sim.runFor(10_000);
  endWithAgreement(stage);
}

/** Two halves cannot reach each other for long. */
function split(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  sim.partition(sim.peers.slice(0, 4), sim.peers.slice(4));
  sim.runFor(10_000);
  endWithAgreement(stage);
}

/** Many join at once through one seed. */
function massJoin({ sim }: Stage): void {
  sim.runFor(1_000);
}

/** Something in between resets all connections of one peer after the other. */
function resets(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(3_000);
  for (const peer of sim.peers) {
    sim.resetConnections(peer);
    sim.runFor(1_000);
  }
  endWithAgreement(stage);
}

/** An original is renamed some times, and then starts anew under another name. */
function restartedOriginal(stage: Stage): void {
  const { sim } = stage;
  const original = sim.originals[0];
  if (original === undefined) throw new Error("there is no original");
  sim.runFor(5_000);
  for (const name of ["one", "two", "three"]) original.updateInfo(name);
  sim.runFor(5_000);
  sim.restart(original, "anew");
  sim.runFor(10_000);
  endWithAgreement(stage);
}

const BROKEN: readonly Broken[] = [
  {
    invariant: "owner-writes",
    how: "takes versions of others for higher than their owner wrote",
    module: "native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override merge(record: MemberRecord): MemberRecord | undefined {
          const isOwn = record.address === this.own.address;
          return super.merge(isOwn ? record : { ...record, version: record.version | 1 });
        }
      },
    }),
    scenario: troubledHour,
  },
  {
    invariant: "owner-writes",
    how: "raises the incarnation of another whom it hears from",
    module: "native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override setUnreachable(address: string, isUnreachable: boolean): void {
          const record = this.get(address)?.record;
          super.setUnreachable(address, isUnreachable);
          if (isUnreachable || record?.verdict !== "failed") return;
          const incarnation = record.incarnation + 1;
          this.merge({ ...record, incarnation, verdict: "live", expiresAt: 0 });
        }
      },
    }),
    scenario: split,
  },
  {
    invariant: "owner-writes",
    how: "takes an earlier boot for the later one",
    module: "native/merge",
    replace: ({ mergeRecords }: typeof MergeModule) => ({
      mergeRecords: (a: MemberRecord, b: MemberRecord): MemberRecord => {
        if (a.generation === b.generation) return mergeRecords(a, b);
        return a.generation < b.generation ? a : b;
      },
    }),
    scenario: restarts,
  },
  {
    invariant: "owner-writes",
    how: "writes two infos at one version",
    module: "native/own-member",
    replace: ({ writeInfo, wholeRecord }: typeof OwnMemberModule) => ({
      writeInfo: (own: MemberRecord, info: PeerInfo): OwnMemberModule.OwnWrite => {
        const { record } = writeInfo(own, { ...info, name: `z ${info.name}` });
        const again = { ...record, version: own.version };
        return { record: again, sent: wholeRecord(again) };
      },
    }),
    scenario: calmWeather,
  },
  {
    invariant: "returns-by-itself",
    how: "forgets who is gone before its time",
    module: "native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override forgetExpired(nowMinutes: number): void {
          super.forgetExpired(nowMinutes + 100_000);
        }
      },
    }),
    scenario: lastingCrash,
  },
  {
    invariant: "merge-order",
    how: "leaves the expiry of a verdict to whoever passed it first",
    module: "native/merge",
    replace: ({ mergeRecords }: typeof MergeModule) => ({
      mergeRecords: (a: MemberRecord, b: MemberRecord): MemberRecord => {
        const isOneVerdict = a.verdict === b.verdict && a.incarnation === b.incarnation;
        return mergeRecords(a, isOneVerdict ? { ...b, expiresAt: a.expiresAt } : b);
      },
    }),
    scenario: verdictsOfTwoClocks,
  },
  {
    invariant: "fingerprint",
    how: "forgets to take out of it what was replaced",
    module: "native/roster-sum",
    replace: ({ RosterSum }: typeof RosterSumModule) => ({
      RosterSum: class extends RosterSum {
        override subtract(): void {}
      },
    }),
    scenario: lastingCrash,
  },
  {
    invariant: "fingerprint",
    how: "leaves what was replaced in the sketch",
    module: "native/sketch",
    replace: ({ Sketch }: typeof SketchModule) => ({
      Sketch: class extends Sketch {
        override subtract(): void {}
      },
    }),
    scenario: lastingCrash,
  },
  {
    invariant: "fingerprint",
    how: "leaves the info out of it, so that different lists look equal",
    module: "native/record-hash",
    replace: ({ hashOf }: typeof RecordHashModule) => ({
      hashOf: (record: MemberRecord) =>
        hashOf({ ...record, name: "", version: 0, metadata: new Map() }),
    }),
    scenario: (stage) => {
      stage.sim.runFor(5_000);
      stage.sim.peer(3).peer.updateInfo({ name: "updated just now" });
      endWithAgreement(stage);
    },
  },
  {
    invariant: "agreement",
    how: "never dials again who is gone",
    module: "dial-queue",
    replace: ({ DialQueue }: { DialQueue: new () => { suggest(): void } }) => ({
      DialQueue: class extends DialQueue {
        override suggest(): undefined {}
      },
    }),
    options: { start: "converged" },
    scenario: split,
  },
  {
    invariant: "agreement",
    how: "does not take in what another wrote",
    module: "native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override merge(record: MemberRecord): MemberRecord | undefined {
          const held = this.get(record.address)?.record;
          const isOwn = record.address === this.own.address;
          const isNews = held?.generation === record.generation && held.version < record.version;
          return !isOwn && isNews ? undefined : super.merge(record);
        }
      },
    }),
    scenario: calmWeather,
  },
  {
    invariant: "no-false-removal",
    how: "convicts whom another only asks about",
    module: "native/detector",
    replace: ({ Detector }: typeof DetectorModule) => ({
      Detector: class extends Detector {
        readonly #convict: DetectorModule.DetectorContext["convict"];
        constructor(context: DetectorModule.DetectorContext) {
          super(context);
          this.#convict = context.convict;
        }
        override onAsk(_link: LinkState, { address }: Ask, now: number): void {
          this.#convict(address, "another asks", true, now);
        }
      },
    }),
    options: {
      options: { probeTimeoutMs: 40 },
      network: { latency: { oneWayMs: 5, jitterMs: 10 } },
    },
    scenario: calmWeather,
  },
  {
    invariant: "no-false-removal",
    how: "takes a broken link for a verdict",
    module: "native/detector",
    replace: ({ Detector }: typeof DetectorModule) => ({
      Detector: class extends Detector {
        readonly #convict: DetectorModule.DetectorContext["convict"];
        constructor(context: DetectorModule.DetectorContext) {
          super(context);
          this.#convict = context.convict;
        }
        override onLinkBroken(address: string, reason: string, now: number): void {
          this.#convict(address, reason, true, now);
        }
      },
    }),
    scenario: resets,
  },
  {
    invariant: "no-false-removal",
    how: "forgets whoever it is told to",
    module: "native/native-core",
    replace: ({ NativeCore }: typeof NativeCoreModule) => ({
      NativeCore: class extends NativeCore {
        override lists(): boolean {
          return false;
        }
      },
    }),
    scenario: forgetLive,
  },
  {
    invariant: "limits",
    how: "remembers all who ever went",
    module: "native/roster",
    replace: ({ Roster }: typeof RosterModule) => ({
      Roster: class extends Roster {
        override forgetExcess(): void {}
      },
    }),
    scenario: massJoinAndExit,
  },
  {
    invariant: "limits",
    how: "takes as many links as others open",
    module: "native/link-table",
    replace: ({ LinkTable }: typeof LinkTableModule) => ({
      LinkTable: class extends LinkTable {
        override get isFull(): boolean {
          return false;
        }
      },
    }),
    options: { peers: 40 },
    scenario: massJoin,
  },
  {
    invariant: "original-unharmed",
    how: "sends originals what it holds of them",
    module: "sending",
    replace: (_sound: typeof SendingModule) => {
      type Held = Parameters<typeof SendingModule.answerTo>;
      const all = (own: Held[1], members: Held[2]) => {
        const records = [own];
        members.appendRecords(records, () => false);
        return records;
      };
      return {
        recordsFor: (_to: string, own: Held[1], members: Held[2]) => all(own, members),
        answerTo: (_records: unknown, own: Held[1], members: Held[2]) => all(own, members),
      };
    },
    options: { originals: 1 },
    scenario: restartedOriginal,
  },
];

/** The scenario with whatever core is loaded now; the violations by name. */
async function violationsOf({ options, scenario }: Broken): Promise<string[]> {
  const { Simulator } = await import("../../src/simulator/simulator.js");
  const { NativeInvariantChecker } = await import(
    "../../src/simulator/checkers/native-invariants.js"
  );
  const sim = new Simulator({
    seed: 1,
    peers: 8,
    ...options,
    options: { pingPeriodMs: 200, ...options?.options, limits: LIMITS },
  });
  const checker = new NativeInvariantChecker(sim, { limits: { ...DEFAULT_LIMITS, ...LIMITS } });
  sim.observe(checker);
  scenario({ sim, checker });
  return checker.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

/** The name before the colon. */
function namesOf(violations: readonly string[]): Set<string> {
  return new Set(violations.map((violation) => violation.slice(0, violation.indexOf(":"))));
}

afterEach(() => {
  for (const { module } of BROKEN) vi.doUnmock(`../../src/core/${module}.js`);
  vi.resetModules();
});

describe.each(STATE_INVARIANTS)("the native checker of %s", (invariant) => {
  const broken = BROKEN.filter((one) => one.invariant === invariant);

  test("is tried on a broken core", () => {
    expect(broken).not.toEqual([]);
  });

  test.each(broken)("catches a core that $how", async (one) => {
    const path = `../../src/core/${one.module}.js`;
    vi.resetModules();
    const sound = await vi.importActual<object>(path);
    vi.doMock(path, () => ({ ...sound, ...one.replace(sound as never) }));
    const violations = await violationsOf(one);
    const names = namesOf(violations);
    // Peers that hold what they should not may never agree: that is what follows, not what is wrong.
    if (invariant !== "agreement") names.delete("agreement");
    expect(names).toEqual(new Set([invariant]));
  });

  test.each(broken)("has nothing to say of the sound core where another $how", async (one) => {
    vi.resetModules();
    expect(await violationsOf(one)).toEqual([]);
  });
});
