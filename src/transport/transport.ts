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
  /** A caller that began too many calls in too short a time was cut off. */
  readonly onTooFast?: ((from: string) => void) | undefined;
  /** The system could not accept a connection, or too many were open. */
  readonly onNotAccepted?: ((reason: string) => void) | undefined;
  /** Where links are served, and who takes them; without it they are not. */
  readonly links?: LinkService | undefined;
  /** What is served besides, for the tools of gRPC. Only the gRPC transport does. */
  readonly streams?: readonly StreamService[] | undefined;
}

/** Answers the calls of one method, message by message. */
export interface StreamService {
  /** The gRPC path. */
  readonly method: string;
  /**
   * Answers until it returns, or the signal says that the caller is gone. What it returns is why the
   * call ends otherwise than well.
   */
  serve(
    requests: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, StreamRefusal | undefined, undefined>;
}

/** Why a call of a {@link StreamService} ends otherwise than well. */
export interface StreamRefusal {
  readonly type: "malformed" | "not-found" | "refused";
  /** For people. */
  readonly reason: string;
}

/** Takes the links that others open. */
export interface LinkService {
  /** The gRPC path. */
  readonly method: string;
  onLink(link: Link): LinkListener;
}

/** How a link ended. */
export type LinkEnd =
  /** The other side closed it. */
  | { readonly type: "closed" }
  /** The other side does not want it, for this reason. */
  | { readonly type: "refused"; readonly reason: string }
  /** Whoever answers there does not serve links. */
  | { readonly type: "unserved" }
  /** There was no connection, or it broke. */
  | { readonly type: "broken"; readonly error: GossipError }
  /** The other side sent nothing within the time for it. */
  | { readonly type: "timed-out"; readonly error: GossipError };

/** A long-lived stream of frames between two peers, both ways. */
export interface Link {
  /**
   * Sends a frame, after those before it. It is not to be changed afterwards. After the link's end
   * this does nothing.
   */
  send(frame: Uint8Array): void;
  /** Bytes of frames that wait for the network, or for a slow reader. */
  readonly unsentBytes: number;
  /** Who is at the other end by its certificate, once a frame came; undefined without TLS. */
  readonly holder?: CertificateHolder | undefined;
  /** The IP address at the other end of a link that another opened, where there is one. */
  readonly remoteIp?: string | undefined;
  /**
   * Ends it once all frames were handed to the network, or after a second; `onEnd` is not called.
   */
  close(): void;
  /** Refuses a link that another opened, with a reason that it is told; `onEnd` is not called. */
  refuse(reason: string): void;
}

/** The holder of a certificate that was checked. */
export interface CertificateHolder {
  /** The advertised addresses that it names in full; none where it names only hosts. */
  readonly peerIds: readonly string[];
  /** Why its holder may not speak as the peer of that address; undefined when it may. */
  claimFault(address: string): string | undefined;
}

/** What is told of a link. Nothing before the call that gives it has returned. */
export interface LinkListener {
  onFrame(frame: Uint8Array): void;
  /** Called each time that the network has taken frames: less waits than before. */
  onDrained(): void;
  /** Called once, and nothing after it. */
  onEnd(end: LinkEnd): void;
}

/** A link to open. */
export interface LinkRequest {
  /** Whom to link to, `host:port`. */
  readonly address: string;
  /** The host by which that address was found, where it was looked up: a certificate may name either. */
  readonly foundBy?: string | undefined;
  /** The gRPC path. */
  readonly method: string;
  /** How long it may take until the first frame of the other side is here. */
  readonly timeoutMs: number;
}

/** Whether a port is open: `silent` when nothing came back in time. */
export type KnockOutcome = "accepted" | "refused" | "silent";

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
  /**
   * Opens a link on a connection of its own. Its frames can be sent at once: they wait until it is
   * there. After the transport's close nothing is told of it.
   */
  openLink(request: LinkRequest, listener: LinkListener): Link;
  /**
   * Tries whether the port at that address is open, without a word. `onEnd` is called exactly once,
   * and never before `knock` returns; after the transport's close it is not.
   */
  knock(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void): void;
  /** How many connections to others are open, or being made. */
  readonly connectionCount: number;
  /** Ends all calls and connections without a word, and stops listening. Can be called twice. */
  close(): Promise<void>;
}

/** The error of whatever is asked of a transport after its close, or was under way by then. */
export function stoppedError(address: string): GossipError {
  return new GossipError("STOPPED", `${address}: the peer has stopped`);
}
