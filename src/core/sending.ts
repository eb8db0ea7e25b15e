// What goes out: always our own record and the live members', each of which has answered us, so
// that nobody is sent after an address that may be silent or invented.

import type { MemberTable } from "./member-table.js";
import type { Natives } from "./natives.js";
import { mayBeOriginals } from "./original.js";
import type { PeerRecord } from "./record.js";

/**
 * What goes to an address that we dial. Never its own record: only a peer itself writes that, and an
 * original would take ours for it. An address that is no live member may be the alias of any
 * original, so that it gets none of the records that may be an original's.
 */
export function recordsFor(
  address: string,
  own: PeerRecord,
  members: MemberTable,
  natives?: Natives,
): readonly PeerRecord[] {
  const isMember = members.live(address) !== undefined;
  const sent = [own];
  members.appendRecords(
    sent,
    (record) => record.address === address || (!isMember && mayBeOriginals(record)),
  );
  appendNatives(sent, natives, (native) => native === address);
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
  natives?: Natives,
): readonly PeerRecord[] {
  const withheld = new Set<string>();
  for (const record of records) {
    if (!mayBeOriginals(record)) continue;
    const held = members.live(record.address)?.claim.record;
    if (held !== undefined && held.version > record.version) withheld.add(record.address);
  }
  const sent = [own];
  members.appendRecords(sent, ({ address }) => withheld.has(address));
  appendNatives(sent, natives, (native) => withheld.has(native));
  return sent;
}

function appendNatives(
  sent: PeerRecord[],
  natives: Natives | undefined,
  isWithheld: (address: string) => boolean,
): void {
  for (const record of natives?.records() ?? []) if (!isWithheld(record.address)) sent.push(record);
}
