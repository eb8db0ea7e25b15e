// Every duration of the protocol with its default. Those that users may set are peer options too.

/** The durations that the core works with, in milliseconds. */
export interface Timing {
  /** Time between two exchanges that this peer begins. */
  readonly pingPeriodMs: number;
  /** How long an exchange may take before the other side is judged by a ping. */
  readonly exchangeTimeoutMs: number;
  /** How long a ping may take. */
  readonly pingTimeoutMs: number;
  /** How long a member that failed or left is remembered, and dialled again now and then. */
  readonly goneRetentionMs: number;
  /** How often one gone member, picked at random, is dialled to see whether it is back. */
  readonly reconnectPeriodMs: number;
  /** How often a seed that answers, but is not itself a member, is dialled. */
  readonly seedPeriodMs: number;
  /** The longest time that `leave()` spends on telling the others. */
  readonly leaveTimeoutMs: number;
}

/** The defaults of {@link Timing}. */
export const DEFAULT_TIMING: Timing = {
  pingPeriodMs: 1_000,
  exchangeTimeoutMs: 2_000,
  pingTimeoutMs: 1_000,
  goneRetentionMs: 24 * 60 * 60 * 1_000,
  reconnectPeriodMs: 2_000,
  seedPeriodMs: 30_000,
  leaveTimeoutMs: 5_000,
};

/** How waits between repeated attempts grow. */
export interface BackoffRange {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** A seed that does not answer: tried soon again at first, and every few seconds for ever. */
export const SEED_BACKOFF: BackoffRange = { baseMs: 250, maxMs: 5_000 };
/** A gone member that is said to live: a restart is found again within seconds. */
export const GONE_BACKOFF: BackoffRange = { baseMs: 250, maxMs: 5_000 };
/** An address that never answered: others may relay an invented one for ever. */
export const CANDIDATE_BACKOFF: BackoffRange = { baseMs: 1_000, maxMs: 60_000 };
/** A live member of which others say what we do not believe: asked itself, ever more rarely. */
export const CHECK_BACKOFF: BackoffRange = { baseMs: 500, maxMs: 60_000 };
