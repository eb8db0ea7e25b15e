// The TLS of a peer: its certificates, read anew when told to, and a count and a line in the log of
// each handshake that came to nothing.

import { GossipError } from "../core/errors.js";
import { RateLimit } from "../core/rate-limit.js";
import { thrownText } from "../core/thrown.js";
import { monotonicMs } from "../transport/platform-timers.js";
import {
  TLS_REFUSAL_CAUSES,
  type TlsFailure,
  type TlsRefusalCause,
} from "../transport/tls-refusal.js";
import { TransportTls } from "../transport/transport-tls.js";
import { CertificateEnd, endedText } from "./certificate-end.js";
import { hostOf } from "./collapsed-log.js";
import type { KindLogger } from "./logger.js";
import { readTls, type TlsOptions, tlsWarning } from "./tls-files.js";

/** Lines about handshakes in a second; what is not logged is still counted. */
const MAX_LINES_PER_SECOND = 10;

/** The figures of it. */
export interface TlsFigures {
  /** When this peer's own certificate ends, in milliseconds since 1970; undefined without TLS. */
  readonly certificateExpiresAt: number | undefined;
  /** TLS handshakes that this peer refused, by cause. */
  readonly tlsRefused: Readonly<Record<TlsRefusalCause, number>>;
  /** TLS handshakes that others broke off: most of the time they refuse this peer's certificate. */
  readonly tlsRefusedByOthers: number;
}

/** Those of a peer without TLS. */
export const NO_TLS: TlsFigures = {
  certificateExpiresAt: undefined,
  tlsRefused: newRefusedCounts(),
  tlsRefusedByOthers: 0,
};

/** The TLS of one peer, or of one admin service. */
export class PeerTls {
  readonly transport: TransportTls;
  readonly #logger: KindLogger;
  /** How the options are called in what is said of them. */
  readonly #option: string | undefined;
  readonly #refused = newRefusedCounts();
  readonly #lines = new RateLimit(MAX_LINES_PER_SECOND, monotonicMs());
  #options: TlsOptions;
  readonly #end = new CertificateEnd(() => this.#onEnd());
  #refusedByOthers = 0;
  /** The advertised address, once it is known. */
  #address: string | undefined;

  private constructor(
    options: TlsOptions,
    transport: (tls: PeerTls) => TransportTls,
    logger: KindLogger,
    option: string | undefined,
  ) {
    this.#options = options;
    this.#logger = logger;
    this.#option = option;
    this.transport = transport(this);
    this.#end.follow(this.transport.own.expiresAtMs);
  }

  /** Reads what the options name; rejects with INVALID_TLS where that cannot be used. */
  static async open(options: TlsOptions, logger: KindLogger, option?: string): Promise<PeerTls> {
    const material = await readTls(options, option);
    const warning = tlsWarning(material, Date.now());
    if (warning !== undefined) logger.warn({}, warning);
    const transport = (tls: PeerTls): TransportTls => {
      return new TransportTls(material, (failure) => tls.#onFailure(failure));
    };
    return new PeerTls(options, transport, logger, option);
  }

  get figures(): TlsFigures {
    return {
      certificateExpiresAt: this.transport.own.expiresAtMs,
      tlsRefused: { ...this.#refused },
      tlsRefusedByOthers: this.#refusedByOthers,
    };
  }

  /** Why others refuse our certificate at that time of day; undefined where it has not ended. */
  fault(nowMs: number): string | undefined {
    return endedText(this.transport.own.expiresAtMs, nowMs);
  }

  /** No longer waits for the end of the certificate. */
  close(): void {
    this.#end.close();
  }

  /** Checks that the certificate is for whoever advertises that address: others will, too. */
  beAt(address: string): void {
    this.#address = address;
    const fault = this.transport.own.claimFault(address);
    if (fault !== undefined) throw claimError(fault);
  }

  /**
   * Reads the files again, or takes others; rejects, and changes nothing, where they cannot be used, which
   * is logged too.
   */
  async reload(options: TlsOptions = this.#options): Promise<void> {
    try {
      await this.#reload(options);
    } catch (error) {
      const reason = thrownText(error);
      this.#logger.error(
        { address: this.#address, reason },
        `certificates not reloaded: ${reason}`,
      );
      throw error;
    }
  }

  async #reload(options: TlsOptions): Promise<void> {
    const material = await readTls(options, this.#option);
    const next = new TransportTls(material).own;
    const fault = this.#address === undefined ? undefined : next.claimFault(this.#address);
    if (fault !== undefined) throw claimError(fault);
    const warning = tlsWarning(material, Date.now());
    this.transport.change(material);
    this.#end.follow(next.expiresAtMs);
    this.#options = options;
    const expiresAt = new Date(next.expiresAtMs).toISOString();
    const fields = { address: this.#address, expiresAt };
    this.#logger.info(
      fields,
      `certificates reloaded, for new connections; ours ends at ${expiresAt}`,
    );
    if (warning !== undefined) this.#logger.warn({ address: this.#address }, warning);
  }

  #onEnd(): void {
    const fault = this.fault(Date.now());
    if (fault !== undefined) this.#logger.error({ address: this.#address }, fault);
  }

  #onFailure({ cause, direction, from, reason }: TlsFailure): void {
    if (cause === "by-other") this.#refusedByOthers += 1;
    else this.#refused[cause] += 1;
    if (!this.#lines.take(monotonicMs())) return;
    const fields = { address: this.#address, cause, direction, from };
    const message =
      cause === "by-other" ? `TLS with ${from}: ${reason}` : `TLS refused ${from}: ${reason}`;
    this.#logger.warn(fields, message, `TLS ${cause} ${direction} ${hostOf(from)}`);
  }
}

function claimError(fault: string): GossipError {
  const message = `tls.cert cannot be this peer's: ${fault}. Issue it for the advertised address (gossip certs issue)`;
  return new GossipError("INVALID_TLS", message);
}

function newRefusedCounts(): Record<TlsRefusalCause, number> {
  const zeros = TLS_REFUSAL_CAUSES.map((cause) => [cause, 0] as const);
  return Object.fromEntries(zeros) as Record<TlsRefusalCause, number>;
}
