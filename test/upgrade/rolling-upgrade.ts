// A cluster of agents of one build, replaced one by one by agents of another: nobody is lost meanwhile.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A build of the package. */
export interface Build {
  readonly name: string;
  /** Its command line. */
  readonly main: string;
}

/** What one agent was replaced by, and what the others saw. */
export interface Replacement {
  readonly agent: string;
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** Who is on the lists that should not be, or is not and should be. */
  readonly faults: readonly string[];
}

const AGENTS = 5;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** So long nothing may happen to anybody, before the next one is replaced. */
const CALM_MS = 2_000;

interface Agent {
  readonly name: string;
  readonly build: Build;
  readonly child: ChildProcess;
  readonly address: string;
  readonly admin: string;
  /** Whom it has taken off its list, in order. */
  readonly removals: string[];
}

interface ListedMember {
  readonly address: string;
  readonly status: string;
  readonly info?: { readonly name?: string; readonly metadata?: Readonly<Record<string, unknown>> };
}

/** Replaces all agents of a cluster, from the first, which is the seed, to the last, and back again. */
export async function upgrade(builds: readonly Build[]): Promise<Replacement[]> {
  const [first, ...others] = builds;
  const agents = new Map<string, Agent>();
  const replacements: Replacement[] = [];
  try {
    for (let index = 0; index < AGENTS; index += 1) {
      const name = `agent-${index}`;
      if (first !== undefined) agents.set(name, await start(name, first, "127.0.0.1:0", agents));
    }
    const faults = await settle(agents);
    if (faults.length > 0) throw new Error(`the cluster did not form: ${faults.join("; ")}`);
    for (const build of others) {
      for (const name of [...agents.keys()]) {
        const replacement = await replace(name, build, agents);
        replacements.push(replacement);
        if (replacement.faults.length > 0) return replacements;
      }
    }
    return replacements;
  } finally {
    for (const { child } of agents.values()) child.kill("SIGKILL");
  }
}

/** Ends one agent and starts another at its address; every other one is ended without a word. */
async function replace(
  name: string,
  build: Build,
  agents: Map<string, Agent>,
): Promise<Replacement> {
  const old = agents.get(name);
  if (old === undefined) throw new Error(`there is no ${name}`);
  const startedAtMs = performance.now();
  for (const { removals } of agents.values()) removals.length = 0;
  const isCrash = Number(name.split("-")[1]) % 2 === 1;
  old.child.kill(isCrash ? "SIGKILL" : "SIGTERM");
  if (old.child.exitCode === null && old.child.signalCode === null) await once(old.child, "exit");
  agents.delete(name);
  agents.set(name, await start(name, build, old.address, agents));
  const faults = await settle(agents);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const lost = [...agents.values()].flatMap(({ name: by, removals }) =>
    removals.filter((of) => of !== old.address).map((of) => `${by} took ${of} for gone`),
  );
  return {
    agent: name,
    from: old.build.name,
    to: build.name,
    seconds,
    faults: [...faults, ...lost],
  };
}

async function start(
  name: string,
  build: Build,
  address: string,
  agents: ReadonlyMap<string, Agent>,
): Promise<Agent> {
  const seeds = [...agents.values()].flatMap((agent) => ["--seed", agent.address]);
  const info = ["--name", name, "--metadata", `build=${build.name}`];
  const ports = ["--listen", address, "--admin", "127.0.0.1:0", "--log-format", "json"];
  const child = spawn(process.execPath, [build.main, "agent", ...ports, ...info, ...seeds], {
    stdio: ["ignore", "pipe", "inherit"],
    env: Object.fromEntries(
      Object.entries(process.env).filter(([variable]) => !variable.startsWith("GOSSIP_")),
    ),
  });
  const removals: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const started = new Promise<{ address: string; admin: string }>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${name} of ${build.name} ended with ${code}`)));
    lines.on("line", (line) => {
      const said = JSON.parse(line) as Readonly<Record<string, unknown>>;
      if (/^admin service on /.test(String(said["msg"]))) {
        resolve({ address: String(said["address"]), admin: String(said["admin"]) });
      }
      if (said["type"] === "member-failed" || said["type"] === "member-left") {
        removals.push((said["member"] as { address: string }).address);
      }
    });
  });
  started.catch(() => {});
  const bound = await started;
  child.removeAllListeners("exit");
  return { name, build, child, removals, ...bound };
}

/** Waits until all list each other, with what each says of itself; gives what is amiss after that. */
async function settle(agents: ReadonlyMap<string, Agent>): Promise<string[]> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  let calmSinceMs = performance.now();
  for (;;) {
    const faults = (
      await Promise.all([...agents.values()].map((by) => faultsOf(by, agents)))
    ).flat();
    const now = performance.now();
    if (faults.length > 0) calmSinceMs = now;
    if (now - calmSinceMs >= CALM_MS) return [];
    if (now > giveUpAtMs) return faults;
    await sleep(LOOK_EVERY_MS);
  }
}

async function faultsOf(by: Agent, agents: ReadonlyMap<string, Agent>): Promise<string[]> {
  const answer = await fetch(`http://${by.admin}/v1/members?statuses=live`).catch(() => undefined);
  if (answer === undefined || !answer.ok) return [`${by.name} does not answer`];
  const { members = [] } = (await answer.json()) as { members?: readonly ListedMember[] };
  const listed = new Map(members.map((member) => [member.address, member]));
  const faults: string[] = [];
  for (const { name, address, build } of agents.values()) {
    const member = listed.get(address);
    if (member === undefined) faults.push(`${by.name} does not list ${name}`);
    else if (!JSON.stringify(member.info).includes(`"${build.name}"`)) {
      faults.push(`${by.name} does not know what ${name} says of itself`);
    }
  }
  if (listed.size > agents.size) faults.push(`${by.name} lists ${listed.size} members`);
  return faults;
}
