// What goes into the native core and what comes out of it.

import type { MemberEvent } from "../member.js";
import type { Rejection } from "../rejection.js";
import type { SeedOutcome } from "../seed-list.js";
import type { Frame } from "./frames.js";
import type { LinkDetail } from "./link-details.js";

/** How a link ended; `unserved`: whoever is there does not speak the native protocol. */
export type LinkEndType = "closed" | "refused" | "unserved" | "broken" | "timed-out";

/** Which dialect an address speaks; `unreachable` when nobody could be asked. */
export type Dialect = "native" | "seed" | "unreachable";

/** What the native core is told. */
export type NativeInput =
  /** Another opened a link to us; whoever drives the core gives it a number below zero. */
  | { readonly type: "link-accepted"; readonly linkId: number }
  | { readonly type: "frame"; readonly linkId: number; readonly frame: Frame }
  | {
      readonly type: "link-ended";
      readonly linkId: number;
      readonly end: LinkEndType;
      readonly reason: string;
    }
  /** Whether a port is open was found out. */
  | {
      readonly type: "knock-ended";
      readonly address: string;
      readonly outcome: "accepted" | "refused" | "silent";
    }
  /** A seed's name was looked up; without addresses the look-up failed for `reason`. */
  | {
      readonly type: "seed-resolved";
      readonly seed: string;
      readonly addresses: readonly string[];
      readonly reason: string;
      readonly cause?: unknown;
    };

/** What came of asking a member for its links. */
export type LinkInquiryEnded =
  | { readonly type: "links-told"; readonly id: number; readonly links: readonly LinkDetail[] }
  | {
      readonly type: "links-untold";
      readonly id: number;
      /** Its time ran out; otherwise it could not be asked. */
      readonly isTimeout: boolean;
      readonly reason: string;
    };

/** What the native core asks for, and what it tells. */
export type NativeEffect =
  | {
      readonly type: "open-link";
      readonly linkId: number;
      readonly address: string;
      readonly timeoutMs: number;
      /** The host of the seed by which that address was found. */
      readonly foundBy?: string | undefined;
    }
  | { readonly type: "send"; readonly linkId: number; readonly frame: Frame }
  /** Close a link once all was sent; its end is not told. */
  | { readonly type: "close-link"; readonly linkId: number }
  /** Refuse a link that another opened; its end is not told. */
  | { readonly type: "refuse-link"; readonly linkId: number; readonly reason: string }
  /** Find out whether a port is open. */
  | { readonly type: "knock"; readonly address: string; readonly timeoutMs: number }
  /** Which dialect is spoken at an address was found out. */
  | { readonly type: "dialect"; readonly address: string; readonly dialect: Dialect }
  /** Another told us of members that speak the seed dialect only. */
  | { readonly type: "originals"; readonly addresses: readonly string[] }
  | { readonly type: "lookup-seed"; readonly seed: string }
  | { readonly type: "event"; readonly event: MemberEvent }
  | { readonly type: "rejected"; readonly rejection: Rejection }
  | { readonly type: "leave-ended"; readonly told: number; readonly untold: number }
  | LinkInquiryEnded
  | SeedOutcome;
