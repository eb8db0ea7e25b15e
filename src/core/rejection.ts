// Why something that others sent was not taken in. Bad input is never fatal: it is counted here.

/**
 * Why a record was dropped, or believed only in part. docs/LIMITS.md says what each means.
 */
export const REJECTION_REASONS = [
  "undecodable",
  "address-empty",
  "address-malformed",
  "address-too-long",
  "version-negative",
  "version-out-of-range",
  "version-jump",
  "name-too-long",
  "too-many-records",
  "candidates-full",
  "members-full",
  "reader-too-slow",
  "caller-too-fast",
  "alias",
  "frame-unknown",
  "frame-too-often",
  "teller-often-wrong",
  "too-many-accusations",
  "inflated-too-long",
  "record-partial",
  "generation-out-of-range",
  "verdict-unknown",
  "key-malformed",
  "too-many-keys",
  "metadata-too-large",
  "identity-mismatch",
  "not-allowed",
  "dialect-off",
] as const;

/** One of {@link REJECTION_REASONS}. */
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** How often one reason applied within one call, and to what for instance. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly count: number;
  /** One of the addresses (cut short) or decoding errors concerned. */
  readonly example: string;
}

const MAX_EXAMPLE_LENGTH = 80;

/** What is collected of one reason. */
interface Collected {
  count: number;
  readonly example: string;
}

const NOTHING_REJECTED: readonly Rejection[] = [];

/** Collects rejections, so that a million bad records make one line in the log and not a million. */
export class RejectionCounter {
  /** Undefined while there is nothing: each message has a counter of its own, and hardly one needs it. */
  #counts: Map<RejectionReason, Collected> | undefined;

  add(reason: RejectionReason, example: string, count = 1): void {
    this.#counts ??= new Map();
    const held = this.#counts.get(reason);
    if (held === undefined) {
      this.#counts.set(reason, { count, example: example.slice(0, MAX_EXAMPLE_LENGTH) });
    } else {
      held.count += count;
    }
  }

  /** Gives what was collected, and starts anew. */
  take(): readonly Rejection[] {
    const counts = this.#counts;
    if (counts === undefined) return NOTHING_REJECTED;
    this.#counts = undefined;
    return Array.from(counts, ([reason, held]) => ({ reason, ...held }));
  }
}
