// The checkers can fail: for each invariant, cores that are broken in a way that only it forbids are
// caught under exactly its name, and the sound core passes the same scenarios.

import { afterEach, describe, expect, test, vi } from "vitest";
import type * as CallsModule from "../../src/core/calls.js";
import type * as DialQueueModule from "../../src/core/dial-queue.js";
import type * as FingerprintModule from "../../src/core/fingerprint.js";
import type * as HearsayModule from "../../src/core/hearsay.js";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { MemberEntry } from "../../src/core/member.js";
import type * as MemberTableModule from "../../src/core/member-table.js";
import type * as OwnRecordModule from "../../src/core/own-record.js";
import type * as PrecedenceModule from "../../src/core/precedence.js";
import type { Claim } from "../../src/core/precedence.js";
import type { PeerRecord } from "../../src/core/record.js";
import type * as SendingModule from "../../src/core/sending.js";
import type { InvariantChecker } from "../../src/simulator/checkers/seed-invariants.js";
import { type Invariant, STATE_INVARIANTS } from "../../src/simulator/checkers/violation.js";
import type { Simulator, SimulatorOptions } from "../../src/simulator/simulator.js";

/** What a scenario has: a cluster of eight, and what makes it run. */
interface Stage {
  readonly sim: Simulator;
  readonly checker: InvariantChecker;
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

const LIMITS = { maxCandidates: 4, maxGoneMembers: 2, maxDials: 4, maxExchanges: 4 };

/** All that wants to be known is asked at the end of every scenario. */
function endWithAgreement({ sim, checker }: Stage): void {
  sim.heal();
  checker.checkAgreement(60_000);
}

/** Updates, crashes, restarts and partitions, none of which a sound core minds. */
function troubledHour(stage: Stage): void {
  const { sim } = stage;
  const first = sim.peers.slice(0, 4);
  const rest = sim.peers.slice(4);
  sim.runFor(5_000);
  sim.peer(2).peer.updateInfo({ name: "updated" });
  sim.runFor(2_000);
  sim.crash(sim.peer(6));
  sim.runFor(12_000);
  sim.restart(sim.peer(6), "restarted");
  sim.runFor(3_000);
  sim.partition(first, rest);
  sim.runFor(15_000);
  endWithAgreement(stage);
}

/** One peer gone for good, while the others exchange on. */
function lastingCrash(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(5_000);
  sim.crash(sim.peer(6));
  sim.runFor(30_000);
  endWithAgreement(stage);
}

/** A peer is restarted within the second under another name: two names at one version. */
function quickRestarts(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(5_010);
  for (const name of ["zebra", "ant", "yak", "bee"]) {
    sim.restart(sim.peer(3), name);
    sim.runFor(150);
  }
  sim.runFor(2_000);
  endWithAgreement(stage);
}

/** Many join at once through one seed, then most of them go. */
function massJoinAndExit(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(5_000);
  for (const peer of sim.peers.slice(2)) sim.crash(peer);
  sim.runFor(20_000);
  endWithAgreement(stage);
}

/** News travels, nobody is in trouble, and now and then a packet is late. */
function calmWeather(stage: Stage): void {
  const { sim } = stage;
  for (let round = 0; round < 20; round += 1) {
    sim.peer(round % 8).peer.updateInfo({ name: `round ${round}` });
    sim.runFor(1_000);
  }
  endWithAgreement(stage);
}

/** News travels while packets get lost, so that answers are overtaken by newer news. */
function packetLoss(stage: Stage): void {
  stage.sim.runFor(5_000);
  stage.sim.lose(stage.sim.peers, stage.sim.peers, 0.25);
  calmWeather(stage);
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

function isOlder(entry: MemberEntry | undefined, record: PeerRecord): boolean {
  return entry?.status === "live" && record.version < entry.claim.record.version;
}

const BROKEN: readonly Broken[] = [
  {
    invariant: "owner-writes",
    how: "takes relayed versions for one higher than their owner wrote",
    module: "member-table",
    replace: ({ MemberTable }: typeof MemberTableModule) => ({
      MemberTable: class extends MemberTable {
        override acceptRelayed(held: MemberEntry, record: PeerRecord): void {
          super.acceptRelayed(held, { ...record, version: record.version + 1 });
        }
      },
    }),
    scenario: troubledHour,
  },
  {
    invariant: "owner-writes",
    how: "sees a version fall: what is older replaces what is newer",
    module: "member-table",
    replace: ({ MemberTable }: typeof MemberTableModule) => ({
      MemberTable: class extends MemberTable {
        override adoptFirstHand(held: MemberEntry, record: PeerRecord): void {
          super.acceptRelayed(held, record);
        }
      },
    }),
    scenario: packetLoss,
  },
  {
    invariant: "owner-writes",
    how: "lowers its own version",
    module: "own-record",
    replace: ({ OwnRecord }: typeof OwnRecordModule) => ({
      OwnRecord: class extends OwnRecord {
        #lowered: PeerRecord | undefined;
        override get record(): PeerRecord {
          return this.#lowered ?? super.record;
        }
        override updateInfo(info: { name: string }): void {
          const { record } = this;
          super.updateInfo(info);
          this.#lowered = { ...super.record, version: record.version - 1 };
        }
      },
    }),
    scenario: calmWeather,
  },
  {
    invariant: "returns-by-itself",
    how: "lists whatever is relayed, without a dial",
    module: "hearsay",
    replace: ({ Hearsay }: typeof HearsayModule) => ({
      Hearsay: class extends Hearsay {
        readonly #members: HearsayModule.HearsayContext["members"];
        readonly #own: HearsayModule.HearsayContext["own"];
        constructor(context: HearsayModule.HearsayContext) {
          super(context);
          this.#members = context.members;
          this.#own = context.own;
        }
        override learn(record: PeerRecord, now: number): void {
          const isKnown = this.#members.live(record.address) !== undefined;
          const isOwn = record.address === this.#own.record.address;
          if (isKnown || isOwn || record.deleted) super.learn(record, now);
          else this.#members.join(record.address, { record, evidence: "relayed" });
        }
      },
    }),
    scenario: lastingCrash,
  },
  {
    invariant: "merge-order",
    how: "leaves ties to whoever came first",
    module: "precedence",
    replace: (_sound: typeof PrecedenceModule) => {
      const comparePrecedence = (a: Claim, b: Claim): number => a.record.version - b.record.version;
      const mergeClaims = (a: Claim, b: Claim): Claim => (comparePrecedence(a, b) >= 0 ? a : b);
      return { comparePrecedence, mergeClaims };
    },
    scenario: quickRestarts,
  },
  {
    invariant: "fingerprint",
    how: "forgets to take those who went out of it",
    module: "fingerprint",
    replace: ({ RecordSum }: typeof FingerprintModule) => ({
      RecordSum: class extends RecordSum {
        override subtract(): void {}
      },
    }),
    scenario: lastingCrash,
  },
  {
    invariant: "fingerprint",
    how: "leaves the names out of it, so that different lists look equal",
    module: "fingerprint",
    replace: ({ RecordSum }: typeof FingerprintModule) => {
      const nameless = (record: PeerRecord): PeerRecord => ({ ...record, name: "", version: 0 });
      return {
        RecordSum: class extends RecordSum {
          override add(record: PeerRecord): void {
            super.add(nameless(record));
          }
          override subtract(record: PeerRecord): void {
            super.subtract(nameless(record));
          }
          override fingerprintWith(record: PeerRecord): FingerprintModule.Fingerprint {
            return super.fingerprintWith(nameless(record));
          }
        },
      };
    },
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
    replace: ({ DialQueue }: typeof DialQueueModule) => ({
      DialQueue: class extends DialQueue {
        override suggest(): undefined {}
      },
    }),
    options: { start: "converged" },
    scenario: troubledHour,
  },
  {
    invariant: "agreement",
    how: "does not pass on what it hears",
    module: "member-table",
    replace: ({ MemberTable }: typeof MemberTableModule) => ({
      MemberTable: class extends MemberTable {
        override acceptRelayed(): void {}
        override adoptFirstHand(): void {}
      },
    }),
    scenario: calmWeather,
  },
  {
    invariant: "no-false-removal",
    how: "removes members on hearsay: takes older news for a fall",
    module: "hearsay",
    replace: ({ Hearsay }: typeof HearsayModule) => ({
      Hearsay: class extends Hearsay {
        readonly #members: HearsayModule.HearsayContext["members"];
        constructor(context: HearsayModule.HearsayContext) {
          super(context);
          this.#members = context.members;
        }
        override learn(record: PeerRecord, now: number): void {
          const { address } = record;
          if (isOlder(this.#members.get(address), record)) {
            this.#members.remove(address, "fell", now);
          } else super.learn(record, now);
        }
      },
    }),
    scenario: calmWeather,
  },
  {
    invariant: "no-false-removal",
    how: "removes members after one late answer, without a ping",
    module: "calls",
    replace: ({ Calls }: typeof CallsModule) => ({
      Calls: class extends Calls {
        override end(callId: number): CallsModule.PendingCall | undefined {
          const call = super.end(callId);
          return call === undefined ? undefined : { ...call, isPing: true };
        }
      },
    }),
    options: {
      options: { pingPeriodMs: 200, exchangeTimeoutMs: 100 },
      network: { latency: { oneWayMs: 5, jitterMs: 10 } },
    },
    scenario: calmWeather,
  },
  {
    invariant: "limits",
    how: "has a queue without a limit",
    module: "dial-queue",
    replace: ({ DialQueue }: typeof DialQueueModule) => ({
      DialQueue: class extends DialQueue {
        constructor(...[limits, ...rest]: ConstructorParameters<typeof DialQueue>) {
          super({ ...limits, maxCandidates: Number.MAX_SAFE_INTEGER }, ...rest);
        }
      },
    }),
    options: { peers: 30 },
    scenario: massJoinAndExit,
  },
  {
    invariant: "limits",
    how: "remembers all who ever went",
    module: "member-table",
    replace: ({ MemberTable }: typeof MemberTableModule) => ({
      MemberTable: class extends MemberTable {
        constructor(options: MemberTableModule.MemberTableOptions) {
          const limits = { ...options.limits, maxGoneMembers: Number.MAX_SAFE_INTEGER };
          super({ ...options, limits });
        }
      },
    }),
    scenario: massJoinAndExit,
  },
  {
    invariant: "limits",
    how: "begins as many calls as there are reasons for",
    module: "dial-queue",
    replace: ({ DialQueue }: typeof DialQueueModule) => ({
      DialQueue: class extends DialQueue {
        constructor(...[limits, ...rest]: ConstructorParameters<typeof DialQueue>) {
          super({ ...limits, maxDials: Number.MAX_SAFE_INTEGER }, ...rest);
        }
      },
    }),
    options: { peers: 60, network: { latency: { oneWayMs: 100, jitterMs: 0 } } },
    scenario: massJoinAndExit,
  },
  {
    invariant: "original-unharmed",
    how: "sends originals what it holds of them",
    module: "sending",
    replace: (_sound: typeof SendingModule) => {
      type Sender = (own: PeerRecord, members: MemberTableModule.MemberTable) => PeerRecord[];
      const all: Sender = (own, members) => {
        const records = [own];
        members.appendRecords(records, () => false);
        return records;
      };
      return {
        recordsFor: (_to: string, ...held: Parameters<Sender>) => all(...held),
        answerTo: (_records: unknown, ...held: Parameters<Sender>) => all(...held),
      };
    },
    options: { originals: 1 },
    scenario: restartedOriginal,
  },
];

/** The scenario with whatever core is loaded now; the violations by name. */
async function violationsOf({ options, scenario }: Broken): Promise<string[]> {
  const { Simulator } = await import("../../src/simulator/simulator.js");
  const { InvariantChecker } = await import("../../src/simulator/checkers/seed-invariants.js");
  const sim = new Simulator({
    seed: 1,
    peers: 8,
    ...options,
    options: {
      pingPeriodMs: 200,
      failureDetection: "immediate",
      ...options?.options,
      limits: LIMITS,
    },
  });
  const checker = new InvariantChecker(sim, { limits: { ...DEFAULT_LIMITS, ...LIMITS } });
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

describe.each(STATE_INVARIANTS)("the checker of %s", (invariant) => {
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
