// Who may act through the admin service: whoever can reach it where it listens on loopback alone; else
// those who show the token, or a certificate.

import { createHash, timingSafeEqual } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import { RateLimit } from "../core/rate-limit.js";
import type { Logger } from "../peer/logger.js";
import { monotonicMs } from "../transport/platform-timers.js";

/** Lines about refused actions in a second. */
const MAX_LINES_PER_SECOND = 10;

/** What an action needs. */
export interface ActionGuardOptions {
  readonly token: string | undefined;
  /** Whether a certificate serves as well. */
  readonly takesCertificates: boolean;
  readonly logger: Logger;
}

/** Decides about actions. */
export class ActionGuard {
  readonly #tokenHash: Buffer | undefined;
  readonly #takesCertificates: boolean;
  readonly #logger: Logger;
  readonly #lines = new RateLimit(MAX_LINES_PER_SECOND, monotonicMs());

  constructor({ token, takesCertificates, logger }: ActionGuardOptions) {
    this.#tokenHash = token === undefined ? undefined : hashOf(token);
    this.#takesCertificates = takesCertificates;
    this.#logger = logger;
  }

  /** Throws what the caller is told when it may not act. */
  check(method: string, authorization: string | null, isCertified: boolean): void {
    if (this.#tokenHash === undefined && !this.#takesCertificates) return;
    if (this.#takesCertificates && isCertified) return;
    if (this.#tokenHash !== undefined && this.#isToken(authorization)) return;
    if (this.#lines.take(monotonicMs())) {
      this.#logger.warn({ method }, `refused the action ${method}: no right token or certificate`);
    }
    throw new ConnectError(this.#advice(authorization !== null), Code.Unauthenticated);
  }

  /** Both hashed, so that the comparison takes as long whatever was sent, its length included. */
  #isToken(authorization: string | null): boolean {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    const given = hashOf(token ?? "");
    return this.#tokenHash !== undefined && timingSafeEqual(given, this.#tokenHash);
  }

  #advice(hasToken: boolean): string {
    const token =
      "the token of the agent (--admin-token-file, or the header Authorization: Bearer)";
    const certificate = "a certificate of its CA (--tls-cert and --tls-key)";
    if (hasToken && this.#tokenHash !== undefined) {
      return `the token is not the one of this agent: give ${token}`;
    }
    const ways = [
      ...(this.#tokenHash === undefined ? [] : [token]),
      ...(this.#takesCertificates ? [certificate] : []),
    ];
    return `this agent takes actions only from those it knows: give ${ways.join(" or ")}`;
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
