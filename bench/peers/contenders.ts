// Who is compared: what each needs to be there, how it is built, and how its hosts are run.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { GOSSIP_AGENTS, SERF_AGENTS } from "./agent-kinds.js";
import { AgentHost } from "./agents.js";
import { type Host, LineHost, type Place } from "./host.js";

const BUILD = fileURLToPath(new URL("../../.cache/bench/peers/", import.meta.url));
const SOURCE = fileURLToPath(new URL(".", import.meta.url));
const MEMBERLIST = `${BUILD}memberlist`;
const GO_PATH = "/usr/share/gocode";
const MEMBERLIST_SOURCE = `${GO_PATH}/src/github.com/hashicorp/memberlist`;
/** Run without a compiler in the process, so that its memory is not counted. */
const NODE_HOSTS = ["messages", "views", "line-host", "gossip-host", "moleculer-host"] as const;
const SHORT_INTERVAL_MS = 200;

/** One of those that are compared. */
export interface Contender {
  /** As `--contender` takes it. */
  readonly name: string;
  readonly title: string;
  /** Each member is a process: there are fewer of them. */
  readonly isAgent?: true;
  /** Its figures are ours, or those that ours are set against. */
  readonly side: "ours" | "other";
  /** What has to be installed, with the command; undefined when all is there. */
  missing(): string | undefined;
  host(place: Place): Host;
}

function ours(name: string, title: string, options: Readonly<Record<string, unknown>>): Contender {
  const command = [process.execPath, `${BUILD}gossip-host.js`, JSON.stringify(options)];
  return {
    name,
    title,
    side: "ours",
    missing: () => undefined,
    host: (place) => new LineHost(place, command),
  };
}

function memberlist(name: string, title: string, argv: readonly string[]): Contender {
  return {
    name,
    title,
    side: "other",
    missing: () =>
      hasCommand("go") && existsSync(MEMBERLIST_SOURCE)
        ? undefined
        : "apt-get install golang-go golang-github-hashicorp-memberlist-dev",
    host: (place) => new LineHost(place, [MEMBERLIST, ...argv]),
  };
}

/** All of them, in the order in which they are run. */
export const CONTENDERS: readonly Contender[] = [
  ours("gossip", "gossip", {}),
  memberlist("memberlist", "memberlist", []),
  ours("gossip-200", `gossip, ${SHORT_INTERVAL_MS} ms`, {
    pingPeriodMs: SHORT_INTERVAL_MS,
    probeTimeoutMs: SHORT_INTERVAL_MS / 2,
  }),
  memberlist("memberlist-200", `memberlist, ${SHORT_INTERVAL_MS} ms`, [String(SHORT_INTERVAL_MS)]),
  ours("seed-rule", "the seed's rule", { failureDetection: "immediate" }),
  {
    name: "moleculer",
    title: "moleculer TCP",
    side: "other",
    missing: () => undefined,
    host: (place) => new LineHost(place, [process.execPath, `${BUILD}moleculer-host.js`]),
  },
  {
    name: "gossip-agents",
    title: "gossip agents",
    isAgent: true,
    side: "ours",
    missing: () => undefined,
    host: (place) => new AgentHost(place, GOSSIP_AGENTS),
  },
  {
    name: "serf-agents",
    title: "serf agents",
    isAgent: true,
    side: "other",
    missing: () => (hasCommand("serf") ? undefined : "apt-get install serf"),
    host: (place) => new AgentHost(place, SERF_AGENTS),
  },
];

/** Builds the hosts of those that are run. */
export function buildHosts(contenders: readonly Contender[]): void {
  mkdirSync(BUILD, { recursive: true });
  for (const name of NODE_HOSTS) {
    const source = readFileSync(`${SOURCE}${name}.ts`, "utf8");
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    writeFileSync(`${BUILD}${name}.js`, ts.transpileModule(source, { compilerOptions }).outputText);
  }
  if (!contenders.some(({ name }) => name.startsWith("memberlist"))) return;
  execFileSync("go", ["build", "-o", MEMBERLIST, "./memberlist"], {
    cwd: SOURCE,
    // Of Debian's packages, none from the network.
    env: { ...process.env, GO111MODULE: "off", GOPATH: GO_PATH, GOFLAGS: "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** The versions of what is compared, for the report. */
export function versions(contenders: readonly Contender[]): string[] {
  const names = new Set(contenders.map(({ name }) => name.split("-")[0]));
  return [
    `Node ${process.version}`,
    ...(names.has("memberlist")
      ? [`memberlist ${debianVersion("golang-github-hashicorp-memberlist-dev")}`]
      : []),
    ...(names.has("memberlist")
      ? [execFileSync("go", ["version"], { encoding: "utf8" }).split(" ").slice(2, 3).join()]
      : []),
    ...(names.has("serf") ? [`serf ${debianVersion("serf")}`] : []),
    ...(names.has("moleculer") ? [`moleculer ${moleculerVersion()}`] : []),
  ];
}

function moleculerVersion(): string {
  // Its exports name no package.json, which lies beside its entry.
  const file = new URL("package.json", import.meta.resolve("moleculer"));
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}

function debianVersion(name: string): string {
  try {
    // The form of dpkg-query, not of a template here.
    const format = `-f=\${Version}`;
    return execFileSync("dpkg-query", ["-W", format, name], { encoding: "utf8" });
  } catch {
    return "of unknown version";
  }
}

function hasCommand(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
