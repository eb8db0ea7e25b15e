// What the peer needs of a network: calls that carry messages of bytes each way. The gRPC and the
// memory transport implement it, and one conformance suite (conformance.ts in test/) runs on both.

import { GossipError } from "../core/errors.js";

/** One call to make. */
export interface CallRequest {
  /** Whom to call, `host:port`. */
  readonly address: string;
  /** The gRPC path, such as `/GossipService/Ping`. */
  readonly method: string;
  /** What to send; then our side of the call is closed. Not to be changed before the call's end. */
  readonly messages: readonly Uint8Array[];
  /** How long the whole call may take, including the time for a connection to be made. */
  readonly timeoutMs: number;
  /**
   * How many messages of the answer are kept (and of how many bytes, see Inbox); the rest
   * is dropped and counted.
   */
  readonly maxMessages: number;
}

/** How a call ended. */
export type CallOutcome =
  | {
      readonly type: "answered";
      readonly messages: readonly Uint8Array[];
      /** How many messages came that were not kept. */
      readonly dropped: number;
    }
  /** The error's code is one of the CALL_ codes, or STOPPED. */
  | { readonly type: "failed"; readonly error: GossipError };

/** A call that another made to us. */
export interface IncomingCall {
  readonly method: string;
  /** What the caller sent before it closed its side, was gone, or took too long to close it. */
  readonly messages: readonly Uint8Array[];
  /** How many messages came that were not kept. */
  readonly dropped: number;
}

/**
 * Answers a call with these messages and the status OK. Only the first answer counts, and only
 * while the caller is still there.
 */
export type Respond = (messages: readonly Uint8Array[]) => void;

/** Takes the calls that others make to us. */
export type CallHandler = (call: IncomingCall, respond: Respond) => void;

/** Where and how to listen. */
export interface ListenOptions {
  /** `host:port`; port 0 is any free one. */
  readonly address: string;
  /** The paths that are served; a call of any other is answered with UNIMPLEMENTED. */
  readonly methods: readonly string[];
  readonly handler: CallHandler;
  /**
   * How many messages of one call are kept (and of how many bytes, see Inbox); the rest is
   * dropped and counted.
   */
  readonly maxMessages: number;
  /**
   * How long a caller may take to send its messages. Then what has come is handed to the handler:
   * a caller that is slow, or says nothing, is answered all the same.
   */
  readonly receiveTimeoutMs: number;
  /** How long a caller may take to read the answer. Then its connection is closed. */
  readonly sendTimeoutMs: number;
}

/** A network endpoint: it can call others, and listen for calls. */
export interface Transport {
  /**
   * Begins to listen, at one address, and gives the port. Rejects with INVALID_ADDRESS,
   * ADDRESS_IN_USE, LISTEN_FAILED or STOPPED.
   */
  listen(options: ListenOptions): Promise<number>;
  /**
   * Makes a call. `onEnd` is called exactly once, and never before `call` returns: when the answer
   * is complete, at the first error, or when the time is over. A call that found its connection
   * broken may be made twice, so the other side may have taken in a call that failed, or one of
   * these twice.
   */
  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void;
  /** How many connections to others are open, or being made. */
  readonly connectionCount: number;
  /** Ends all calls and connections without a word, and stops listening. Can be called twice. */
  close(): Promise<void>;
}

/** The error of whatever is asked of a transport after its close, or was under way by then. */
export function stoppedError(address: string): GossipError {
  return new GossipError("STOPPED", `${address}: the peer has stopped`);
}
