// Which members the next boot has to know of: those that are there, and those that failed and may be
// back. Whoever left, or was forgotten, is not looked for.

import type { KeptMember } from "../snapshot.js";
import type { Calendar } from "./calendar.js";
import type { Roster } from "./roster.js";

const MINUTE_MS = 60_000;

/** The members of a roster to keep, and for how long each is worth looking for. */
export function* keptOf(roster: Roster, calendar: Calendar, now: number): Generator<KeptMember> {
  const nowMs = calendar.wallMs(now);
  for (const { address, record } of roster.entries()) {
    if (address === roster.own.address) continue;
    const { verdict, expiresAt } = record;
    // Who is live now has as long as one that goes now.
    const expiryMinutes = verdict === "live" ? calendar.expiry(now) : expiresAt;
    if (verdict !== "live" && verdict !== "failed") continue;
    yield { address, remainingMs: expiryMinutes * MINUTE_MS - nowMs };
  }
}
