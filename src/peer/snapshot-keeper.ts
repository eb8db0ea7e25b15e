// Keeps a peer's snapshot up to date: read once as it starts, written soon after a change and now and
// then besides, and a last time when it stops. What fails is logged and counted, and stops nothing.

import { GossipError } from "../core/errors.js";
import { type Beginning, beginningOf, type Snapshot } from "../core/snapshot.js";
import { thrownText } from "../core/thrown.js";
import { DataDir } from "./data-dir.js";
import type { Environment } from "./environment.js";
import type { Logger } from "./logger.js";
import type { ResolvedOptions } from "./options.js";
import {
  maxSnapshotBytes,
  readSnapshot,
  type SnapshotOwner,
  writeSnapshot,
} from "./snapshot-format.js";
import { WakeUp } from "./wake-up.js";

/** Changes come in crowds: one write is for all that come in this time. */
const SAVE_DELAY_MS = 1_000;
/** What is written at least: the time of day, for the case that the clock is set back. */
const SAVE_PERIOD_MS = 60_000;
/** Further behind the snapshot than this, the clock is worth a warning. */
const CLOCK_WARNING_MS = 60_000;

/** What a keeper works in. */
export interface SnapshotKeeperSetup {
  readonly dataDir: string;
  readonly options: Pick<ResolvedOptions, "cluster" | "limits" | "logger">;
  readonly environment: Pick<Environment, "now" | "wallClockMs" | "setTimer" | "callSurely">;
}

/** Figures of what was kept. */
export interface SnapshotFigures {
  /** How often the snapshot was written to `dataDir`. */
  readonly snapshotsWritten: number;
  /** How often that failed, or what was there could not be used. */
  readonly snapshotsFailed: number;
  /** How long ago it was last written, in milliseconds; undefined before that, and without `dataDir`. */
  readonly snapshotAgeMs: number | undefined;
}

/** The figures of a peer that keeps nothing. */
export const NO_SNAPSHOTS: SnapshotFigures = {
  snapshotsWritten: 0,
  snapshotsFailed: 0,
  snapshotAgeMs: undefined,
};

/** Keeps the snapshot of one peer. */
export class SnapshotKeeper {
  readonly #dir: DataDir;
  readonly #maxBytes: number;
  readonly #cluster: string;
  readonly #logger: Logger;
  readonly #environment: SnapshotKeeperSetup["environment"];
  #take: (() => Snapshot) | undefined;
  #address = "";
  readonly #wakeUp: WakeUp;
  #isTimerSoon = false;
  /** The write under way, if there is one. */
  #writing: Promise<void> | undefined;
  #isClosed = false;
  #written = 0;
  #failed = 0;
  #hasJustFailed = false;
  #hasToldUnflushed = false;
  #writtenAtMs: number | undefined;

  constructor({ dataDir, options, environment }: SnapshotKeeperSetup) {
    this.#maxBytes = maxSnapshotBytes(options.limits);
    this.#dir = new DataDir(dataDir, this.#maxBytes);
    this.#cluster = options.cluster;
    this.#logger = options.logger;
    this.#environment = environment;
    this.#wakeUp = new WakeUp(environment, () => this.#onTimeout());
  }

  get figures(): SnapshotFigures {
    const writtenAtMs = this.#writtenAtMs;
    return {
      snapshotsWritten: this.#written,
      snapshotsFailed: this.#failed,
      snapshotAgeMs: writtenAtMs === undefined ? undefined : this.#environment.now() - writtenAtMs,
    };
  }

  /** What this boot begins with. Rejects with DATA_DIR_IN_USE, and with nothing else. */
  async open(): Promise<Beginning> {
    let snapshot: Snapshot | undefined;
    try {
      await this.#dir.open();
      snapshot = await this.#read();
    } catch (error) {
      if (error instanceof GossipError) throw error;
      this.#onFailed(error, "cannot be read");
    }
    const beginning = beginningOf(snapshot, this.#environment.wallClockMs());
    this.#warnOfClock(beginning);
    return beginning;
  }

  /**
   * Writes what this boot begins with, before anybody hears of it, and from then on what `take` gives.
   */
  async begin(address: string, beginning: Beginning): Promise<void> {
    this.#address = address;
    const { generation, version, formerMembers: members } = beginning;
    await this.#write({ generation, version, savedAt: generation, members });
  }

  /** From now on what `take` gives is kept. */
  keep(take: () => Snapshot): void {
    this.#take = take;
    this.#setTimer(SAVE_PERIOD_MS, false);
  }

  /** Something changed that is kept. */
  onChange(): void {
    if (this.#take === undefined || this.#isClosed) return;
    if (this.#isTimerSoon) this.#wakeUp.check();
    else this.#setTimer(SAVE_DELAY_MS, true);
  }

  /** Writes a last time, and lets the directory go. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wakeUp.cancel();
    const last = this.#take?.();
    await this.#writing;
    if (last !== undefined) await this.#write(last);
    await this.#dir.close();
  }

  async #read(): Promise<Snapshot | undefined> {
    const found = await this.#dir.read();
    if (found.type === "none") return undefined;
    if (found.type === "unfit") return await this.#keepAside(found.fault);
    const reading = readSnapshot(found.text, this.#cluster);
    return reading.type === "snapshot" ? reading.snapshot : await this.#keepAside(reading.fault);
  }

  async #keepAside(fault: string): Promise<undefined> {
    this.#failed += 1;
    const { file } = this.#dir;
    const aside = await this.#dir.keepAside();
    const message = `${file} ${fault}: it is kept as ${aside}, and the cluster is found by the seeds`;
    this.#logger.warn({ file, aside }, message);
  }

  #setTimer(delayMs: number, isSoon: boolean): void {
    this.#isTimerSoon = isSoon;
    this.#wakeUp.set(this.#environment.now() + delayMs);
  }

  #onTimeout(): void {
    this.#isTimerSoon = false;
    // A disk that is slow gets one write after the other, never two at once.
    const last = this.#writing === undefined ? this.#take?.() : undefined;
    if (last !== undefined) {
      this.#writing = this.#write(last).finally(() => {
        this.#writing = undefined;
      });
    }
    this.#setTimer(last === undefined ? SAVE_DELAY_MS : SAVE_PERIOD_MS, last === undefined);
  }

  /** Never rejects. */
  async #write(snapshot: Snapshot): Promise<void> {
    const owner: SnapshotOwner = { cluster: this.#cluster, address: this.#address };
    const takenAtMs = this.#environment.now();
    try {
      const isFlushed = await this.#dir.write(writeSnapshot(snapshot, owner, this.#maxBytes));
      if (!isFlushed) this.#tellUnflushed();
      this.#written += 1;
      this.#writtenAtMs = takenAtMs;
      if (this.#hasJustFailed) {
        this.#logger.info({ file: this.#dir.file }, `${this.#dir.file} is written again`);
      }
      this.#hasJustFailed = false;
    } catch (error) {
      this.#onFailed(error, "cannot be written");
    }
  }

  #tellUnflushed(): void {
    if (this.#hasToldUnflushed) return;
    this.#hasToldUnflushed = true;
    const { file } = this.#dir;
    const message = `${file} is written, and cannot be flushed to the disk (no fsync, as with Node's --permission): a power cut may leave it damaged, which the next start notices`;
    this.#logger.info({ file }, message);
  }

  /** One line for a row of failures. */
  #onFailed(error: unknown, what: string): void {
    this.#failed += 1;
    if (this.#hasJustFailed) return;
    this.#hasJustFailed = true;
    const reason = thrownText(error);
    const { file } = this.#dir;
    const message = `${file} ${what} (${reason}): the peer goes on, and tries again; make the directory writable, or its disk less full`;
    this.#logger.warn({ file, reason }, message);
  }

  #warnOfClock({ generation }: Beginning): void {
    const clock = beginningOf(undefined, this.#environment.wallClockMs()).generation;
    const behindMs = generation - clock;
    if (behindMs <= CLOCK_WARNING_MS) return;
    const { file } = this.#dir;
    const message = `the clock is ${Math.round(behindMs / 1_000)} s behind the time in ${file}, from which the peer goes on: set the clock, or if it is right, stop the peer and remove the file`;
    this.#logger.warn({ file, behindMs }, message);
  }
}
