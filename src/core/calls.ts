// The calls that this peer has begun and that have not ended yet.

/** Why a call is made. */
export type CallPurpose =
  /** The member's turn in the rotation. */
  | { readonly type: "rotation" }
  /** A reason to dial, from the dial queue. */
  | { readonly type: "dial" }
  /** One of a seed's addresses. */
  | { readonly type: "seed"; readonly seed: string }
  /** Telling a member that we leave. */
  | { readonly type: "leave" };

/** A call under way. */
export interface PendingCall {
  readonly callId: number;
  readonly address: string;
  readonly purpose: CallPurpose;
  /** True for a ping, false for an exchange. */
  readonly isPing: boolean;
  readonly begunAtMs: number;
  /** The version of that address's record that we held when the call began; -1 for none. */
  readonly heldVersion: number;
  /** Whether that address was said to leave when the call began. */
  readonly saidToLeave: boolean;
}

/** The table of calls under way. Their number is bounded by those that begin them. */
export class Calls {
  readonly #pending = new Map<number, PendingCall>();
  readonly #inRotation = new Set<string>();
  #lastCallId = 0;

  /** How many exchanges of the rotation are under way. */
  get rotationCount(): number {
    return this.#inRotation.size;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** True while an exchange of the rotation with that member is under way. */
  isInRotation(address: string): boolean {
    return this.#inRotation.has(address);
  }

  begin(call: Omit<PendingCall, "callId">): PendingCall {
    this.#lastCallId += 1;
    const { address, purpose, isPing, begunAtMs, heldVersion, saidToLeave } = call;
    const callId = this.#lastCallId;
    const begun = { callId, address, purpose, isPing, begunAtMs, heldVersion, saidToLeave };
    this.#pending.set(begun.callId, begun);
    if (begun.purpose.type === "rotation") this.#inRotation.add(begun.address);
    return begun;
  }

  /** Ends a call and returns it; undefined when it is not, or no longer, under way. */
  end(callId: number): PendingCall | undefined {
    const call = this.#pending.get(callId);
    if (call === undefined) return undefined;
    this.#pending.delete(callId);
    if (call.purpose.type === "rotation") this.#inRotation.delete(call.address);
    return call;
  }
}
