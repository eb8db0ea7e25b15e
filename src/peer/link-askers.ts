// Those who wait for what another member tells of its links.

import { GossipError, type GossipErrorCode } from "../core/errors.js";
import type { MemberDetail } from "../core/member.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { LinkInquiryEnded } from "../core/native/native-messages.js";

/** How long another member may take to tell its links. */
const ASK_LINKS_TIMEOUT_MS = 5_000;
const MAX_ASK_LINKS_TIMEOUT_MS = 600_000;

/** Options of {@link Peer.askLinks}. */
export interface AskLinksOptions {
  /** How long the answer may take, the wait for the turn included. Default 5,000; 1 to 600,000. */
  readonly timeoutMs?: number | undefined;
}

interface LinkAsker {
  readonly address: string;
  readonly timeoutMs: number;
  resolve(links: readonly LinkDetail[]): void;
  reject(error: GossipError): void;
}

/** Who waits, by the number of the question. */
export class LinkAskers {
  readonly #askers = new Map<number, LinkAsker>();
  #lastId = 0;

  /** Begins with `ask`, which is given the number, and resolves with what that member tells. */
  add(
    address: string,
    timeoutMs: number,
    ask: (id: number) => void,
  ): Promise<readonly LinkDetail[]> {
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = this.#lastId;
      this.#askers.set(id, { address, timeoutMs, resolve, reject });
      ask(id);
    });
  }

  onEnded(end: LinkInquiryEnded): void {
    const asker = this.#askers.get(end.id);
    this.#askers.delete(end.id);
    if (asker === undefined) return;
    if (end.type === "links-told") return asker.resolve(end.links);
    const { address, timeoutMs } = asker;
    if (end.isTimeout) {
      const message = `${address} did not tell its links within ${timeoutMs} ms: ask again, or update that peer where it is of an older version`;
      return asker.reject(new GossipError("CALL_TIMEOUT", message));
    }
    const message = `${address} cannot be asked for its links (${end.reason}): see whether it is still listed, and ask again`;
    asker.reject(new GossipError("CALL_UNREACHABLE", message));
  }

  /** Rejects whoever waits. */
  failAll(code: GossipErrorCode, message: string): void {
    if (this.#askers.size === 0) return;
    const error = new GossipError(code, message);
    for (const asker of this.#askers.values()) asker.reject(error);
    this.#askers.clear();
  }
}

/** The time that an answer may take, once it is known to be one that can be. */
export function checkAskTimeout({ timeoutMs = ASK_LINKS_TIMEOUT_MS }: AskLinksOptions): number {
  if (timeoutMs >= 1 && timeoutMs <= MAX_ASK_LINKS_TIMEOUT_MS) return timeoutMs;
  const message = `timeoutMs is ${timeoutMs}: give a number of milliseconds from 1 to ${MAX_ASK_LINKS_TIMEOUT_MS}`;
  throw new GossipError("INVALID_OPTION", message);
}

/** Throws for a member that cannot be asked for links. */
export function checkHasLinks({ address, status, dialect }: MemberDetail): void {
  if (status !== "live") {
    const message = `${address} has ${status}: only a live member can be asked for its links`;
    throw new GossipError("CALL_UNREACHABLE", message);
  }
  if (dialect === "native") return;
  const message = `${address} speaks the protocol of the original program, which has no links: ask another`;
  throw new GossipError("CALL_UNSUPPORTED", message);
}
