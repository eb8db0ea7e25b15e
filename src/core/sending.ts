// What goes out: always our own record and the live members', each of which has answered us, so
// that nobody is sent after an address that may be silent or invented.

import type { MemberTable } from "./member-table.js";
import type { PeerRecord } from "./record.js";

/**
 * Versions below this may be an original's own count, which starts at 0 at every boot; those of
 * this project's peers start at the seconds since 2024, and are far above it.
 */
const ORIGINAL_VERSION_END = 2 ** 24;

/**
 * What goes to an address that we dial. Never its own record: only a peer itself writes that, and an
 * original would take ours for it. An address that is no live member may be the alias of any
 * original, so that it gets none of the records that may be an original's.
 */
export function recordsFor(
  address: string,
  own: PeerRecord,
  members: MemberTable,
): readonly PeerRecord[] {
  const isMember = members.live(address) !== undefined;
  const sent = [own];
  members.appendRecords(
    sent,
    (record) => record.address === address || (!isMember && record.version < ORIGINAL_VERSION_END),
  );
  return sent;
}

/**
 * The answer to a caller that we do not know and that sent `records`. It may be any original among
 * those that it sends at an older version than ours, started anew and counting from 0; what we hold
 * of these is withheld, since the caller would take it for its own record.
 */
export function answerTo(
  records: readonly PeerRecord[],
  own: PeerRecord,
  members: MemberTable,
): readonly PeerRecord[] {
  const withheld = new Set<string>();
  for (const { address, version } of records) {
    if (version >= ORIGINAL_VERSION_END) continue;
    const held = members.live(address)?.claim.record;
    if (held !== undefined && held.version > version) withheld.add(address);
  }
  const sent = [own];
  members.appendRecords(sent, ({ address }) => withheld.has(address));
  return sent;
}
