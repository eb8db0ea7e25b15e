// What this peer says of itself: only its owner writes it, and its version rises above whatever
// others say of it, within bounds.

import type { Limits } from "./limits.js";
import { type PeerInfo, type PeerRecord, sameRecord } from "./record.js";

/** Where versions and generations begin: 2024-01-01T00:00:00Z, in milliseconds since 1970. */
export const GENERATION_EPOCH_MS = 1_704_067_200_000;
/** The largest number that the wire's int32 holds. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * The version at which a boot begins: the seconds since 2024-01-01. A restart is then newer than
 * the boot before it without a file, unless the clock was set back; then the refutation below helps.
 */
export function startVersion(wallClockMs: number): number {
  const seconds = Math.floor((wallClockMs - GENERATION_EPOCH_MS) / 1_000);
  return Math.min(Math.max(seconds, 0), MAX_INT32);
}

/** The generation of a boot: the milliseconds since 2024-01-01, so that a later one is higher. */
export function startGeneration(wallClockMs: number): number {
  return Math.max(1, Math.floor(wallClockMs - GENERATION_EPOCH_MS));
}

/** This peer's own record. */
export class OwnRecord {
  readonly #limits: Limits;
  readonly #startVersion: number;
  readonly #startMs: number;
  /** The version that we last wrote, or refuted another's claim with. */
  #writtenVersion: number;
  #record: PeerRecord;

  constructor(address: string, info: PeerInfo, version: number, limits: Limits, now: number) {
    this.#limits = limits;
    this.#startVersion = version;
    this.#startMs = now;
    this.#writtenVersion = version;
    this.#record = { address, version, deleted: false, name: info.name };
  }

  get record(): PeerRecord {
    return this.#record;
  }

  updateInfo(info: PeerInfo): void {
    this.#write({ name: info.name });
  }

  /** Rises to that version, where it is higher. */
  raiseTo(version: number): void {
    if (version > this.#record.version) this.#setVersion(version);
  }

  /** From now on this peer says of itself that it is gone. */
  leave(): void {
    this.#write({ deleted: true });
  }

  /**
   * Rises above what another says of us, unless that is the same as we say, or older, or beyond
   * `maxVersion`: following a forged version to the end of the range would lock us there.
   * Returns whether it rose.
   */
  refute(claim: PeerRecord): boolean {
    const isOlder = claim.version < this.#record.version;
    if (isOlder || claim.version > this.#limits.maxVersion) return false;
    if (sameRecord(claim, this.#record)) return false;
    this.#setVersion(claim.version + 1);
    return true;
  }

  /**
   * An answer that does not list us comes from an original that deleted us, at the version it held
   * and one more: two more is newer. At most `maxVersionLead` ahead of the clock, or of what we wrote
   * where that is more: a restart, which begins at the clock, has to be newer again.
   */
  onUnlisted(now: number): void {
    const clockVersion = this.#startVersion + Math.floor((now - this.#startMs) / 1_000);
    const version = this.#record.version + 2;
    const most = Math.max(clockVersion, this.#writtenVersion) + this.#limits.maxVersionLead;
    if (version <= Math.min(most, MAX_INT32)) this.#record = { ...this.#record, version };
  }

  #write(change: Partial<PeerRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#setVersion(Math.min(this.#record.version + 1, MAX_INT32));
  }

  #setVersion(version: number): void {
    this.#writtenVersion = version;
    this.#record = { ...this.#record, version };
  }
}
