// The one error class of the package. Every rejection that a user can meet is a GossipError with
// a code from GOSSIP_ERROR_CODES; docs/ERRORS.md lists them, and a test compares the two.

/**
 * Every code that a {@link GossipError} can carry. docs/ERRORS.md says for each what happened and
 * what to do.
 */
export const GOSSIP_ERROR_CODES = [
  "INVALID_OPTION",
  "INVALID_ADDRESS",
  "INVALID_INFO",
  "INVALID_TLS",
  "ADDRESS_IN_USE",
  "DATA_DIR_IN_USE",
  "LISTEN_FAILED",
  "LOOKUP_FAILED",
  "SEED_UNREACHABLE",
  "TOO_MANY_SEEDS",
  "UNKNOWN_MEMBER",
  "MEMBER_LIVE",
  "CALL_TIMEOUT",
  "CALL_UNREACHABLE",
  "CALL_UNSUPPORTED",
  "CALL_FAILED",
  "STOPPED",
] as const;

/** One of {@link GOSSIP_ERROR_CODES}. */
export type GossipErrorCode = (typeof GOSSIP_ERROR_CODES)[number];

/** What all copies of the class have, of whatever realm: symbols of this registry are shared. */
const BRAND = Symbol.for("gossip.GossipError");

/**
 * The only error that this package throws or rejects with. `code` is for programs, `message` is
 * for people and says what to do, `cause` is the error underneath, where there is one.
 *
 * `instanceof` holds for the errors of every copy of this package in a process, also of one that a test
 * runner loaded into a context of its own.
 */
export class GossipError extends Error {
  /** Always `"GossipError"`. */
  override readonly name = "GossipError";

  /** What went wrong, for programs to branch on. */
  readonly code: GossipErrorCode;

  constructor(code: GossipErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

Object.defineProperty(GossipError.prototype, BRAND, { value: true });
Object.defineProperty(GossipError, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown): boolean {
    // A class that extends this one is asked for as classes are.
    if (this !== GossipError) return Function.prototype[Symbol.hasInstance].call(this, thrown);
    return typeof thrown === "object" && thrown !== null && BRAND in thrown;
  },
});
