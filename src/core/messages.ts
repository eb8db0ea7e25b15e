// What goes into the core and what comes out of it. The core does nothing else: whoever drives it
// makes the calls, keeps the time and tells the application.

import type { CallPurpose } from "./calls.js";
import type { MemberEvent } from "./member.js";
import type { PeerRecord } from "./record.js";
import type { Rejection } from "./rejection.js";
import type { SeedOutcome } from "./seed-list.js";

/** What the core is told. */
export type Input =
  /** Another peer began an exchange with us; the core answers with an `answer` effect. */
  | {
      readonly type: "exchange-request";
      readonly requestId: number;
      readonly records: readonly PeerRecord[];
    }
  /** An exchange of ours was answered. `complete` is false when part of it was dropped. */
  | {
      readonly type: "exchange-answer";
      readonly callId: number;
      readonly records: readonly PeerRecord[];
      readonly complete: boolean;
    }
  /** A ping of ours was answered. */
  | { readonly type: "pong"; readonly callId: number }
  /** A call of ours was not answered. */
  | {
      readonly type: "call-failed";
      readonly callId: number;
      /** True when its time ran out, false when the other side or the network refused it. */
      readonly timedOut: boolean;
      readonly reason: string;
      /** The error underneath; passed on, never looked into. */
      readonly cause?: unknown;
    }
  /** A seed's name was looked up; without addresses the look-up failed for `reason`. */
  | {
      readonly type: "seed-resolved";
      readonly seed: string;
      readonly addresses: readonly string[];
      readonly reason: string;
      readonly cause?: unknown;
    };

/** What the core asks for, and what it tells. */
export type Effect =
  /** Send these records to that address, and give back what it sends. */
  | {
      readonly type: "call-exchange";
      readonly callId: number;
      readonly address: string;
      readonly purpose: CallPurpose;
      readonly records: readonly PeerRecord[];
      readonly timeoutMs: number;
    }
  /** Ask that address whether it is there. */
  | {
      readonly type: "call-ping";
      readonly callId: number;
      readonly address: string;
      readonly timeoutMs: number;
    }
  /** Answer another peer's exchange with these records. */
  | {
      readonly type: "answer";
      readonly requestId: number;
      readonly records: readonly PeerRecord[];
    }
  /** Look up the addresses behind a seed's DNS name. */
  | { readonly type: "lookup-seed"; readonly seed: string }
  /** Tell the application what happened to a member. */
  | { readonly type: "event"; readonly event: MemberEvent }
  /** Something that others sent was not taken in. */
  | { readonly type: "rejected"; readonly rejection: Rejection }
  /** All were told that we leave, or the time for it ran out. */
  | { readonly type: "leave-ended"; readonly told: number; readonly untold: number }
  | SeedOutcome;
