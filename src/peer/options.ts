// The options of a peer: what each means, its default, and the check of what a user gave.

import { resolve } from "node:path";
import * as v from "valibot";
import { addressHint, formatAddress, parseAddress, parseListenAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import type { PeerInfo } from "../core/record.js";
import { DEFAULT_TIMING, type Timing } from "../core/timing.js";
import { networkOf } from "../transport/address-filter.js";
import type { LinkCandidate } from "./admission.js";
import { checkInfo } from "./info.js";
import { type KindLogger, type Logger, SILENT_LOGGER } from "./logger.js";
import { isSource, type TlsOptions, type TlsSource } from "./tls-files.js";

/** How a member that does not answer is judged; see {@link PeerOptions.failureDetection}. */
export type FailureDetection = "immediate" | "suspicion";

/** What a peer's network is like; see {@link PeerOptions.profile}. */
export type Profile = "lan" | "wan" | "local";

/** The durations of each profile. */
const PROFILES: Readonly<Record<Profile, { pingPeriodMs: number; probeTimeoutMs: number }>> = {
  lan: { pingPeriodMs: 1_000, probeTimeoutMs: 500 },
  wan: { pingPeriodMs: 5_000, probeTimeoutMs: 3_000 },
  local: { pingPeriodMs: 1_000, probeTimeoutMs: 200 },
};

/** What {@link Peer.start} takes. */
export interface PeerOptions {
  /**
   * Where to listen, `host:port`; the host is an IPv4 address, an IPv6 address in brackets, or a
   * name. Required. Port 0 means any free port. A fixed port lets a restarted peer be known by the
   * address that it had.
   */
  readonly address: string;
  /**
   * What others dial: this peer's identity. Default: `address` with the port that is listened on.
   * Required when listening on 0.0.0.0 or [::], which nobody can dial; port 0 stands for the port
   * that is listened on. It must be reachable from every other peer, or they will not list this one.
   */
  readonly advertiseAddress?: string | undefined;
  /**
   * Time between two exchanges that this peer begins, in milliseconds. Default 1,000. From 10 to
   * 3,600,000. Shorter spreads news and finds failures faster, and costs more CPU and bytes.
   */
  readonly pingPeriodMs?: number | undefined;
  /**
   * The public description of this peer. Default `{ name: "" }`. The name is at most
   * `limits.maxNameBytes` bytes of UTF-8. Every peer holds it, and each change of it goes to all at once;
   * in the protocol of the original it travels with every exchange. So keep it short.
   */
  readonly info?: PeerInfo | undefined;
  /**
   * Addresses by which the cluster is found. Default none. `host:port`; a DNS name with several
   * addresses means all of them, looked up anew at each try. They are dialled at once and for ever,
   * with back-off and jitter; `start` does not wait for them.
   */
  readonly seeds?: readonly string[] | undefined;
  /**
   * The name of the cluster. Default `""`. At most 256 bytes of UTF-8. Peers of different clusters
   * refuse each other's links, with the reason, so that a wrong address cannot make two clusters one.
   * The seed dialect has no place for it, so a name turns that dialect off: peers that speak nothing
   * else are then neither dialled nor answered.
   */
  readonly cluster?: string | undefined;
  /**
   * Certificates for links both ways, by TLS 1.3: `{ ca, cert, key }`, each the path of a PEM file, its
   * text or its bytes. Default none: plain text. The certificate must name the host of the advertised
   * address, and may name that address in full as a URI (`gossip://10.0.0.5:7946`), without which peers
   * of one host could speak as each other. All peers of a cluster have it, or none; it turns the seed
   * dialect off, and costs CPU for each new link. {@link Peer.reloadTls} takes new certificates.
   */
  readonly tls?: TlsOptions | undefined;
  /**
   * IP addresses and networks (`10.0.0.0/8`) that this peer has to do with. Default all. None other may
   * connect, and none other is dialled. It must hold every peer of the cluster; a list is no proof of who
   * somebody is, which {@link PeerOptions.tls} is.
   */
  readonly allowedAddresses?: readonly string[] | undefined;
  /**
   * Decides whether to link with a peer that says who it is. Default: with all of the cluster. It is called
   * for each new link, must answer at once with true or false, and one that throws refuses. What is
   * refused here may still be listed when others tell of it, so give all peers the same rule.
   */
  readonly allow?: ((candidate: LinkCandidate) => boolean) | undefined;
  /**
   * What the network between the peers is like, from which other options derive. Default `"lan"`:
   * `pingPeriodMs` 1,000 and `probeTimeoutMs` 500. `"wan"`: 5,000 and 3,000, for peers far apart.
   * `"local"`: 1,000 and 200, for peers on one machine. Options that are given themselves win.
   */
  readonly profile?: Profile | undefined;
  /**
   * How long a member may take to answer a probe, in milliseconds. Default 500, or by the profile.
   * From 10 to 60,000. Then others are asked about it, and it is suspected for one ping period, or
   * for twice as long, with the confirmation of most of its watchers, and for up to eight without. Shorter finds vanished
   * hosts sooner, and asks more often in vain. It should be well above the round-trip time.
   */
  readonly probeTimeoutMs?: number | undefined;
  /**
   * How a member that does not answer is judged. Default `"suspicion"`: the native protocol, in which
   * a member is given up when most of those who watch it find it silent; with peers that speak the
   * seed dialect only, its own rule. `"immediate"`: the seed's rule and dialect with everyone: an
   * exchange and then a ping without an answer, and it has failed. Simple, at the price of a false
   * alarm when a peer is merely slower than its timeouts, and of a cost that grows with the cluster.
   */
  readonly failureDetection?: FailureDetection | undefined;
  /**
   * How long an exchange may take, in milliseconds. Default 2,000. From 10 to 600,000. Then a ping
   * decides. Shorter finds vanished hosts sooner, and asks slow peers twice more often.
   */
  readonly exchangeTimeoutMs?: number | undefined;
  /**
   * How long the ping may take that decides whether a member failed, in milliseconds. Default 1,000.
   * From 10 to 600,000. Longer forgives more, and finds a vanished host later.
   */
  readonly pingTimeoutMs?: number | undefined;
  /**
   * How long a member that failed or left is remembered, and now and then dialled again, in
   * milliseconds. Default 86,400,000 (a day). At least 1,000. The native protocol rounds it up to ten minutes. Longer lets it be found again after a
   * longer absence by others than its seeds.
   */
  readonly goneRetentionMs?: number | undefined;
  /**
   * The longest time that `leave` spends on telling the others, in milliseconds. Default 5,000. From
   * 0 to 600,000. Those not told find out by their own exchanges.
   */
  readonly leaveTimeoutMs?: number | undefined;
  /**
   * A directory in which this peer keeps the members that it knows, and the numbers of its own record.
   * Default none. At most 90 bytes as an absolute path, made if it is not there; each peer needs one of
   * its own, and so does each worker of a cluster of processes. A peer that was restarted looks there for
   * members besides its seeds, and what it says of itself is newer than before also after its clock was
   * set back. What cannot be read or written is logged, and stops nothing.
   */
  readonly dataDir?: string | undefined;
  /** Bounds on what is taken in, kept and done at once. Default {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits> | undefined;
  /** Where to log: anything with pino's debug/info/warn/error. Silent by default. */
  readonly logger?: Logger | undefined;
}

/** Options with every default filled in and everything checked. */
export interface ResolvedOptions {
  readonly address: string;
  readonly advertiseAddress: string | undefined;
  readonly info: PeerInfo;
  readonly seeds: readonly string[];
  readonly timing: Timing;
  readonly cluster: string;
  readonly tls: TlsOptions | undefined;
  readonly allowedAddresses: readonly string[] | undefined;
  readonly allow: ((candidate: LinkCandidate) => boolean) | undefined;
  /** Peers that speak nothing else are neither dialled nor answered. */
  readonly isSeedDialectOff: boolean;
  readonly probeTimeoutMs: number;
  readonly failureDetection: FailureDetection;
  /** An absolute path. */
  readonly dataDir: string | undefined;
  readonly limits: Limits;
  readonly logger: KindLogger;
}

const milliseconds = (minMs: number, maxMs: number) => {
  const message = `must be a whole number of milliseconds from ${minMs} to ${maxMs}`;
  return v.optional(
    v.pipe(
      v.number(message),
      v.integer(message),
      v.minValue(minMs, message),
      v.maxValue(maxMs, message),
    ),
  );
};

const MAX_TIMER_MS = 2 ** 31 - 1;
const LOGGER_METHODS = ["debug", "info", "warn", "error"] as const;

/** Our own version rises to one above `maxVersion`, which the wire's int32 has to hold. */
const HIGHEST_MAX_VERSION = 2 ** 31 - 2;

/** Limits that may not be as low as 1, or may be lower. */
const LEAST_LIMITS: Readonly<Record<string, number>> = {
  maxGoneMembers: 0,
  maxLinks: 32,
  maxUnsentBytes: 65_536,
};

const limitEntries = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => {
    const least = LEAST_LIMITS[name] ?? 1;
    const most = name === "maxVersion" ? HIGHEST_MAX_VERSION : Number.MAX_SAFE_INTEGER;
    const message = `must be a whole number from ${least} to ${most}`;
    return [
      name,
      v.optional(
        v.pipe(
          v.number(message),
          v.integer(message),
          v.minValue(least, message),
          v.maxValue(most, message),
        ),
      ),
    ];
  }),
);

/** The path of a socket in it has to fit into the system's 104 bytes. */
const MAX_DATA_DIR_BYTES = 90;

const SOURCE = v.custom<TlsSource>(
  (value) => isSource(value) && value.length > 0,
  "must be the path of a PEM file, its text or its bytes",
);
const NETWORK_FAULT = "must be IP addresses or networks like 10.0.0.0/8";

const SCHEMA = v.strictObject({
  address: v.string("must be a string like 127.0.0.1:7946"),
  advertiseAddress: v.optional(v.string("must be a string like 10.0.0.5:7946")),
  pingPeriodMs: milliseconds(10, 3_600_000),
  info: v.optional(v.custom<PeerInfo>(() => true)),
  seeds: v.optional(v.array(v.string("must be a string like 10.0.0.5:7946"), "must be an array")),
  cluster: v.optional(v.pipe(v.string("must be a string"), v.maxBytes(256, "must be short"))),
  tls: v.optional(
    v.strictObject({ ca: v.union([SOURCE, v.array(SOURCE)]), cert: SOURCE, key: SOURCE }),
  ),
  allowedAddresses: v.optional(
    v.array(
      v.pipe(
        v.string(NETWORK_FAULT),
        v.check((text) => networkOf(text) !== undefined, NETWORK_FAULT),
      ),
      "must be an array",
    ),
  ),
  allow: v.optional(
    v.custom<(candidate: LinkCandidate) => boolean>(
      (value) => typeof value === "function",
      "must be a function",
    ),
  ),
  profile: v.optional(v.picklist(["lan", "wan", "local"], 'must be "lan", "wan" or "local"')),
  probeTimeoutMs: milliseconds(10, 60_000),
  failureDetection: v.optional(
    v.picklist(["suspicion", "immediate"], 'must be "suspicion" or "immediate"'),
  ),
  exchangeTimeoutMs: milliseconds(10, 600_000),
  pingTimeoutMs: milliseconds(10, 600_000),
  goneRetentionMs: milliseconds(1_000, MAX_TIMER_MS),
  leaveTimeoutMs: milliseconds(0, 600_000),
  dataDir: v.optional(
    v.pipe(
      v.string("must be the path of a directory"),
      v.nonEmpty("must not be empty"),
      v.check((path) => !path.includes("\0"), "must not hold a NUL character"),
      v.check(isShortPath, `must be at most ${MAX_DATA_DIR_BYTES} bytes long as an absolute path`),
    ),
  ),
  limits: v.optional(v.strictObject(limitEntries)),
  logger: v.optional(
    v.custom<Logger>(isLogger, "must have the methods debug, info, warn and error, as pino has"),
  ),
});

/** Checks options and fills in the defaults; throws a {@link GossipError} that names the option. */
export function resolveOptions(options: PeerOptions): ResolvedOptions {
  const checked = v.safeParse(SCHEMA, options);
  if (!checked.success) throw optionError(checked.issues[0]);
  const limits = { ...DEFAULT_LIMITS, ...defined(options.limits ?? {}) };
  const { pingPeriodMs, exchangeTimeoutMs, pingTimeoutMs, goneRetentionMs, leaveTimeoutMs } =
    options;
  const given = { pingPeriodMs, exchangeTimeoutMs, pingTimeoutMs, goneRetentionMs, leaveTimeoutMs };
  const { probeTimeoutMs, ...profile } = PROFILES[options.profile ?? "lan"];
  const timing = { ...DEFAULT_TIMING, ...profile, ...defined(given) };
  const seeds = options.seeds ?? [];
  checkListenAddress(options.address);
  checkLimits(limits, seeds);
  for (const seed of seeds) checkDialAddress(seed);
  const isSeedDialectOff = (options.cluster ?? "") !== "" || options.tls !== undefined;
  checkDialect(options, isSeedDialectOff);
  return {
    address: options.address,
    advertiseAddress: checkAdvertiseAddress(options),
    info: checkInfo(options.info ?? { name: "" }, limits),
    seeds,
    timing,
    cluster: options.cluster ?? "",
    tls: options.tls,
    allowedAddresses: options.allowedAddresses,
    allow: options.allow,
    isSeedDialectOff,
    probeTimeoutMs: options.probeTimeoutMs ?? probeTimeoutMs,
    failureDetection: options.failureDetection ?? "suspicion",
    dataDir: options.dataDir === undefined ? undefined : resolve(options.dataDir),
    limits,
    logger: options.logger ?? SILENT_LOGGER,
  };
}

/** Checks an address that is to be dialled. */
export function checkDialAddress(address: string): void {
  if (typeof address === "string" && parseAddress(address) !== undefined) return;
  const message = `${JSON.stringify(address)} is no host:port to dial: ${addressHint(String(address), "10.0.0.5:7946, name:7946 or [::1]:7946")}`;
  throw new GossipError("INVALID_ADDRESS", message);
}

/** What others dial, once the port is known. */
export function advertisedAddress(options: ResolvedOptions, port: number): string {
  const parts = parseListenAddress(options.advertiseAddress ?? options.address);
  if (parts === undefined) throw new GossipError("INVALID_ADDRESS", "no address to advertise");
  return formatAddress(parts.host, parts.port === 0 ? port : parts.port);
}

function checkDialect({ failureDetection }: PeerOptions, isSeedDialectOff: boolean): void {
  if (failureDetection !== "immediate" || !isSeedDialectOff) return;
  const message = `failureDetection "immediate" is the seed dialect, which a cluster name and TLS turn off: leave out one or the other`;
  throw new GossipError("INVALID_OPTION", message);
}

function checkListenAddress(address: string): void {
  if (parseListenAddress(address) !== undefined) return;
  const message = `${JSON.stringify(address)} is no host:port to listen on: ${addressHint(address, "127.0.0.1:7946, or with port 0 for any free port")}`;
  throw new GossipError("INVALID_ADDRESS", message);
}

function checkAdvertiseAddress(options: PeerOptions): string | undefined {
  const { address, advertiseAddress } = options;
  if (advertiseAddress === undefined) {
    if (!isUnspecified(address)) return undefined;
    const message = `advertiseAddress is needed when listening on ${address}: give the address by which other peers reach this one`;
    throw new GossipError("INVALID_OPTION", message);
  }
  if (parseListenAddress(advertiseAddress) === undefined || isUnspecified(advertiseAddress)) {
    const message = `advertiseAddress ${JSON.stringify(advertiseAddress)} cannot be dialled: ${addressHint(advertiseAddress, "10.0.0.5:7946")}`;
    throw new GossipError("INVALID_ADDRESS", message);
  }
  return advertiseAddress;
}

/** True for the addresses that mean all interfaces, however they are written. */
function isUnspecified(address: string): boolean {
  const host = parseListenAddress(address)?.host;
  return host === "0.0.0.0" || (host !== undefined && /^[0:]*:[0:]*$/.test(host));
}

function checkLimits(limits: Limits, seeds: readonly string[]): void {
  // Calls of the rotation, of the dial queue and of the seeds have to fit in the pool: one that
  // waits for a connection in vain would look like a member that does not answer.
  const most = limits.maxExchanges + 2 * limits.maxDials;
  if (limits.maxConnections < most) {
    const message = `limits.maxConnections is ${limits.maxConnections}: it must be at least maxExchanges + 2 * maxDials = ${most}`;
    throw new GossipError("INVALID_OPTION", message);
  }
  if (new Set(seeds).size > limits.maxSeeds) {
    const message = `${seeds.length} seeds are more than limits.maxSeeds (${limits.maxSeeds}): give fewer, some are enough`;
    throw new GossipError("TOO_MANY_SEEDS", message);
  }
}

function optionError(issue: v.BaseIssue<unknown>): GossipError {
  const name = v.getDotPath(issue) ?? "options";
  return new GossipError("INVALID_OPTION", `${name} ${optionFault(issue)}`);
}

function optionFault(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object") return `${issue.message} (it is ${issue.received})`;
  if (issue.expected === "never") {
    return "is no option of a peer: remove it, or look up how it is written";
  }
  // Of the kinds of the object itself: a key that it lacks, or that it is no object at all.
  if (issue.expected !== "Object") return "is required: it has no default";
  return `must be an object (it is ${issue.received})`;
}

function isShortPath(path: string): boolean {
  return Buffer.byteLength(resolve(path)) <= MAX_DATA_DIR_BYTES;
}

function isLogger(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return LOGGER_METHODS.every((name) => typeof Reflect.get(value, name) === "function");
}

/** Without the keys whose value is undefined, so that a spread keeps the defaults. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
