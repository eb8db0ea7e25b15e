// The settings of an agent, each with its flag, its variable and its key in the config file; and what
// a peer is started with by them.

import * as v from "valibot";
import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import { parseAddress, parseListenAddress } from "../core/address.js";
import type { PeerOptions } from "../peer/options.js";
import type { TlsOptions } from "../peer/tls-files.js";
import { networkOf } from "../transport/address-filter.js";
import { LOG_FORMATS, LOG_LEVELS } from "./log-choices.js";
import {
  choice,
  duration,
  list,
  pairs,
  type Setting,
  TEXT_SCHEMA,
  text,
  toggle,
} from "./setting-types.js";

const TO_LISTEN_ON = {
  isRight: (address: string) => parseListenAddress(address) !== undefined,
  message: "must be a host:port to listen on, like 127.0.0.1:7946",
};
const TO_DIAL = {
  isRight: (address: string) => parseAddress(address) !== undefined,
  message: "must be a host:port to dial, like 10.0.0.5:7946",
};
const ADMIN = {
  isRight: (address: string) => address === "none" || TO_LISTEN_ON.isRight(address),
  message: "must be a host:port to listen on, like 127.0.0.1:7980, or none",
};
const HTTP = {
  isRight: (url: string) => /^https?:\/\//.test(url) && URL.canParse(url),
  message: "must be a URL, like http://127.0.0.1:8080/health",
};
const NETWORK = {
  isRight: (text: string) => networkOf(text) !== undefined,
  message: "must be an IP address or a network, like 10.0.0.0/8",
};
const NOT_EMPTY = { isRight: (value: string) => value !== "", message: "must not be empty" };
const LIMIT_SCHEMA = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be at least 0"),
);

/** Every setting, by its key in the config file. */
const SETTINGS = {
  listen: text(
    { flag: "--listen <host:port>", description: "where to listen; port 0 is any free one" },
    TO_LISTEN_ON,
  ),
  advertise: text(
    {
      flag: "--advertise <host:port>",
      description: "what others dial; needed when listening on all interfaces",
    },
    TO_LISTEN_ON,
  ),
  name: text({ flag: "--name <name>", description: "the peer's public name" }),
  metadata: pairs(
    { flag: "--metadata <key=value>", description: "more of what the peer says of itself" },
    TEXT_SCHEMA,
    (value) => value,
  ),
  seeds: list({ flag: "--seed <host:port>", description: "an address of the cluster" }, TO_DIAL),
  cluster: text({
    flag: "--cluster <name>",
    description: "the name of the cluster; peers of others are refused",
  }),
  tlsCa: text(
    {
      flag: "--tls-ca <file>",
      description: "the authorities that are trusted, as PEM; has both ports use TLS",
    },
    NOT_EMPTY,
  ),
  tlsCert: text(
    { flag: "--tls-cert <file>", description: "the agent's own certificate, as PEM" },
    NOT_EMPTY,
  ),
  tlsKey: text({ flag: "--tls-key <file>", description: "the key of that certificate" }, NOT_EMPTY),
  allowedAddresses: list(
    {
      flag: "--allow-address <network>",
      description: "an IP address or network that the peer has to do with; without it, all",
    },
    NETWORK,
  ),
  profile: choice(
    { flag: "--profile <profile>", description: "what the network between the peers is like" },
    ["lan", "wan", "local"],
  ),
  pingPeriod: duration({
    flag: "--ping-period <duration>",
    description: "time between two exchanges",
  }),
  probeTimeout: duration({
    flag: "--probe-timeout <duration>",
    description: "how long a member may take to answer a probe",
  }),
  failureDetection: choice(
    {
      flag: "--failure-detection <rule>",
      description: "how a member that does not answer is judged",
    },
    ["suspicion", "immediate"],
  ),
  exchangeTimeout: duration({
    flag: "--exchange-timeout <duration>",
    description: "how long an exchange in the seed dialect may take",
  }),
  pingTimeout: duration({
    flag: "--ping-timeout <duration>",
    description: "how long a ping in the seed dialect may take",
  }),
  goneRetention: duration({
    flag: "--gone-retention <duration>",
    description: "how long members that failed or left are remembered",
  }),
  leaveTimeout: duration({
    flag: "--leave-timeout <duration>",
    description: "the longest time to tell the others on leaving",
  }),
  dataDir: text(
    {
      flag: "--data-dir <path>",
      description: "a directory to keep the known members in, for the next start",
    },
    NOT_EMPTY,
  ),
  limits: pairs(
    { flag: "--limit <name=number>", description: "a limit of docs/LIMITS.md" },
    LIMIT_SCHEMA,
    Number,
  ),
  admin: text(
    { flag: "--admin <host:port>", description: "where the admin service listens, or none" },
    ADMIN,
  ),
  adminAllowedHosts: list(
    {
      flag: "--admin-allow-host <host>",
      description: "another name by which the admin service may be asked",
    },
    NOT_EMPTY,
  ),
  adminTokenFile: text(
    {
      flag: "--admin-token-file <file>",
      description: "a file with the token that actions through the admin service need",
    },
    NOT_EMPTY,
  ),
  readOnly: toggle({
    flag: "--read-only",
    description: "refuse all actions through the admin service",
  }),
  checkCommand: text(
    {
      flag: "--check-command <command>",
      description: "a shell command that succeeds while the service is well",
    },
    NOT_EMPTY,
  ),
  checkHttp: text(
    {
      flag: "--check-http <url>",
      description: "a URL that answers with 2xx while the service is well",
    },
    HTTP,
  ),
  checkInterval: duration({
    flag: "--check-interval <duration>",
    description: "time between two such checks",
  }),
  checkTimeout: duration({
    flag: "--check-timeout <duration>",
    description: "how long such a check may take",
  }),
  logFormat: choice({ flag: "--log-format <format>", description: "how to log" }, LOG_FORMATS),
  logLevel: choice({ flag: "--log-level <level>", description: "what to log" }, LOG_LEVELS),
} as const;

/** The key of a setting. */
export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** Values of settings; those that are missing have their defaults. */
export type AgentSettings = {
  readonly [K in SettingKey]?: ValueOf<(typeof SETTINGS)[K]> | undefined;
};

/** All keys, in the order of the help. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** What is set where nothing is given; what is missing here has the default of `PeerOptions`. */
export const DEFAULT_SETTINGS = {
  listen: "127.0.0.1:7946",
  name: "",
  metadata: {},
  seeds: [],
  admin: DEFAULT_ADMIN_ADDRESS,
  adminAllowedHosts: [],
  readOnly: false,
  checkInterval: 10_000,
  checkTimeout: 5_000,
  logFormat: process.stdout.isTTY ? "pretty" : "json",
  logLevel: "info",
} as const satisfies AgentSettings;

/** All of the settings, with their defaults. */
export type FullSettings = AgentSettings & {
  readonly [K in keyof typeof DEFAULT_SETTINGS]: NonNullable<AgentSettings[K]>;
};

/** The name of the setting's environment variable. */
export function variableOf(key: SettingKey): string {
  return `GOSSIP_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A setting, without the type of its value. */
export function settingOf(key: SettingKey): Setting<unknown> {
  return SETTINGS[key] as Setting<unknown>;
}

/** What the peer is started with. */
export function peerOptionsOf(settings: FullSettings): PeerOptions {
  return {
    address: settings.listen,
    advertiseAddress: settings.advertise,
    info: { name: settings.name, metadata: { ...settings.metadata } },
    seeds: settings.seeds,
    cluster: settings.cluster,
    tls: tlsOf(settings),
    allowedAddresses: settings.allowedAddresses,
    profile: settings.profile,
    pingPeriodMs: settings.pingPeriod,
    probeTimeoutMs: settings.probeTimeout,
    failureDetection: settings.failureDetection,
    exchangeTimeoutMs: settings.exchangeTimeout,
    pingTimeoutMs: settings.pingTimeout,
    goneRetentionMs: settings.goneRetention,
    leaveTimeoutMs: settings.leaveTimeout,
    dataDir: settings.dataDir,
    limits: settings.limits,
  };
}

/** The certificates of both ports; undefined without TLS. All three are given, or none: see `checkTogether`. */
export function tlsOf({ tlsCa, tlsCert, tlsKey }: AgentSettings): TlsOptions | undefined {
  if (tlsCa === undefined || tlsCert === undefined || tlsKey === undefined) return undefined;
  return { ca: tlsCa, cert: tlsCert, key: tlsKey };
}

/** The setting behind an option of the peer, as the messages of `PeerOptions` begin with its name. */
export const SETTING_OF_OPTION: Readonly<Record<string, SettingKey>> = {
  address: "listen",
  advertiseAddress: "advertise",
  info: "metadata",
  "info.name": "name",
  "info.metadata": "metadata",
  cluster: "cluster",
  allowedAddresses: "allowedAddresses",
  pingPeriodMs: "pingPeriod",
  probeTimeoutMs: "probeTimeout",
  exchangeTimeoutMs: "exchangeTimeout",
  pingTimeoutMs: "pingTimeout",
  goneRetentionMs: "goneRetention",
  leaveTimeoutMs: "leaveTimeout",
  dataDir: "dataDir",
  limits: "limits",
};
