// The options of the admin service: what each means, its default, and the check of what a user gave.

import * as v from "valibot";
import { addressHint, parseListenAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { type Logger, SILENT_LOGGER } from "../peer/logger.js";
import { isTlsOptions, type TlsOptions } from "../peer/tls-files.js";
import { type AdminLimits, DEFAULT_ADMIN_LIMITS } from "./limits.js";
import { isLoopback } from "./loopback.js";

/** Where the admin service listens by default. */
export const DEFAULT_ADMIN_ADDRESS = "127.0.0.1:7980";

/** What {@link startAdmin} takes. */
export interface AdminOptions {
  /**
   * Where to listen, `host:port`; port 0 is any free one. Default `127.0.0.1:7980`: this machine
   * only. Whoever reaches it can read all, and on loopback act. Elsewhere it needs
   * {@link AdminOptions.token}, {@link AdminOptions.tls} or {@link AdminOptions.isReadOnly}.
   */
  readonly address?: string | undefined;
  /**
   * Names and addresses by which it may be asked, without a port. Default none: loopback and the
   * address that it is bound to always may. A web page of another name is refused, also when that
   * name leads here.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * What whoever acts has to send, as `Authorization: Bearer`. Default none. 16 to 1,024 characters
   * without spaces. Elsewhere than on loopback, actions need it or {@link AdminOptions.tls}; once it is
   * given, they need it on loopback too. Without TLS it can be read on its way.
   */
  readonly token?: string | undefined;
  /**
   * Has the port speak TLS 1.3, as `PeerOptions.tls` does for links. Default none: plain text. A certificate of
   * `ca` is not asked of those who read; whoever shows one may act, so it has to be of a CA that gives
   * them to nobody else.
   */
  readonly tls?: TlsOptions | undefined;
  /** Whether actions are refused. Default false. */
  readonly isReadOnly?: boolean | undefined;
  /** Bounds on what clients can cost. Default {@link DEFAULT_ADMIN_LIMITS}. */
  readonly limits?: Partial<AdminLimits> | undefined;
  /** Where to log: anything with pino's debug/info/warn/error. Silent by default. */
  readonly logger?: Logger | undefined;
}

/** Options with every default filled in and everything checked. */
export interface ResolvedAdminOptions {
  readonly address: string;
  readonly allowedHosts: readonly string[];
  readonly token: string | undefined;
  readonly tls: TlsOptions | undefined;
  readonly isReadOnly: boolean;
  readonly limits: AdminLimits;
  readonly logger: Logger;
}

const limitEntries = Object.fromEntries(
  Object.keys(DEFAULT_ADMIN_LIMITS).map((name) => {
    const message = `must be a whole number from 1 to ${2 ** 31 - 1}`;
    const limit = v.pipe(
      v.number(message),
      v.integer(message),
      v.minValue(1, message),
      v.maxValue(2 ** 31 - 1, message),
    );
    return [name, v.optional(limit)];
  }),
);

const TOKEN = /^[\x21-\x7e]{16,1024}$/;

const SCHEMA = v.strictObject({
  address: v.optional(v.string("must be a string like 127.0.0.1:7980")),
  allowedHosts: v.optional(
    v.array(
      v.pipe(
        v.string("must be a string like gossip.internal"),
        v.regex(/^(\[[\da-f:.]+\]|[\w.-]+)$/i, "must be a name or an address without a port"),
      ),
      "must be an array",
    ),
  ),
  token: v.optional(
    v.pipe(
      v.string("must be a string"),
      // The value itself is in no message.
      v.check((token) => TOKEN.test(token), "must have 16 to 1,024 characters without spaces"),
    ),
  ),
  tls: v.optional(
    v.custom<TlsOptions>(isTlsOptions, "must be { ca, cert, key }, each a file as PEM"),
  ),
  isReadOnly: v.optional(v.boolean("must be true or false")),
  limits: v.optional(v.strictObject(limitEntries)),
  logger: v.optional(v.custom<Logger>((value) => typeof value === "object", "must be a logger")),
});

/** Checks options and fills in the defaults; throws a {@link GossipError} that names the option. */
export function resolveAdminOptions(options: AdminOptions): ResolvedAdminOptions {
  const checked = v.safeParse(SCHEMA, options);
  if (!checked.success) throw optionError(checked.issues[0]);
  const address = options.address ?? DEFAULT_ADMIN_ADDRESS;
  if (parseListenAddress(address) === undefined) {
    const message = `the admin address ${JSON.stringify(address)} is no host:port to listen on: ${addressHint(address, DEFAULT_ADMIN_ADDRESS)}`;
    throw new GossipError("INVALID_ADDRESS", message);
  }
  checkGuarded(address, options);
  const given = Object.entries(options.limits ?? {}).filter(([, value]) => value !== undefined);
  return {
    address,
    allowedHosts: options.allowedHosts ?? [],
    token: options.token,
    tls: options.tls,
    isReadOnly: options.isReadOnly ?? false,
    limits: { ...DEFAULT_ADMIN_LIMITS, ...Object.fromEntries(given) },
    logger: options.logger ?? SILENT_LOGGER,
  };
}

/** Whoever else is on the network must not be able to act. */
function checkGuarded(address: string, { token, tls, isReadOnly }: AdminOptions): void {
  const host = parseListenAddress(address)?.host.toLowerCase() ?? "";
  if (isLoopback(host) || isReadOnly === true || token !== undefined || tls !== undefined) return;
  const message = `admin: address ${address} is not loopback, so that others could act through it: give token (--admin-token-file), tls (--tls-ca and the others), or isReadOnly (--read-only)`;
  throw new GossipError("INVALID_OPTION", message);
}

function optionError(issue: v.BaseIssue<unknown>): GossipError {
  const name = v.getDotPath(issue) ?? "options";
  const fault =
    issue.type === "strict_object"
      ? "is no option of the admin service: remove it, or look up how it is written"
      : faultText(name, issue);
  return new GossipError("INVALID_OPTION", `admin: ${name} ${fault}`);
}

/** A token is not repeated, not even a wrong one. */
function faultText(name: string, { message, received }: v.BaseIssue<unknown>): string {
  return name === "token" ? message : `${message} (it is ${received})`;
}
