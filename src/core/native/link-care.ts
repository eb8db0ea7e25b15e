// Which links are to end: the side that opened one closes it once it is needed no longer, and either
// side closes one that hangs or on which nothing comes, since the other end may be gone.

import { isHung, type LinkState, type LinkTable } from "./link-table.js";
import {
  IDLE_LINK_MS,
  LINK_PATIENCE_MS,
  STALE_LINK_MS,
  STALE_LINK_PERIODS,
} from "./native-timing.js";

/** What becomes of a link. */
export type LinkCare =
  | { readonly type: "keep" }
  | { readonly type: "close"; readonly reason: string }
  | { readonly type: "refuse"; readonly reason: string };

/** What that depends on beside the link. */
export interface LinkCareContext {
  readonly links: LinkTable;
  readonly neighbours: ReadonlySet<string>;
  readonly pingPeriodMs: number;
  /** Whether it was opened to a seed that has not answered yet. */
  isForSeed(link: LinkState): boolean;
}

const KEEP: LinkCare = { type: "keep" };

/** Says what becomes of that link now. */
export function careFor(link: LinkState, context: LinkCareContext, now: number): LinkCare {
  const { links, neighbours, pingPeriodMs } = context;
  const staleMs = Math.max(STALE_LINK_MS, STALE_LINK_PERIODS * pingPeriodMs);
  const isReplaced = isHung(link) && links.isSuperfluous(link);
  if (isReplaced || now - link.heardAtMs > staleMs) {
    return { type: "close", reason: "nothing comes over it" };
  }
  if (!link.isOutbound && !link.isReady && now - link.openedAtMs > IDLE_LINK_MS) {
    return { type: "refuse", reason: "no hello came in time" };
  }
  if (!link.isOutbound || !link.isReady || link.address === undefined) return KEEP;
  const isUnneeded = !neighbours.has(link.address) && now - link.usedAtMs > IDLE_LINK_MS;
  const isSecond =
    links.isSuperfluous(link) &&
    now - link.openedAtMs > LINK_PATIENCE_MS &&
    !context.isForSeed(link);
  return isUnneeded || isSecond ? { type: "close", reason: "no longer needed" } : KEEP;
}
