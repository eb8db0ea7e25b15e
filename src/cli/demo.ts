// `gossip demo`: a cluster of five agents as processes of their own, one of which is killed and comes
// back. It shows what the agents say, and exits with 1 when that is not what should have happened.

import { Command } from "commander";
import { GossipError } from "../core/errors.js";
import { type DemoAgent, startDemoAgent } from "./demo-agent.js";
import { printMembers } from "./demo-table.js";

const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const;
/** Each step takes a second or so; with four of them, all end well within half a minute. */
const STEP_TIMEOUT_MS = 6_000;
const POLL_PERIOD_MS = 50;

/** The command, to be added to the program. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("play a cluster of five agents, of which one is killed and comes back")
    .addHelpText(
      "after",
      "\nIt ends by itself: with 0 when all went as it should, otherwise with 1.",
    )
    .action(() => runDemo());
}

async function runDemo(): Promise<void> {
  const agents: DemoAgent[] = [];
  const killAll = (): void => {
    for (const agent of agents) agent.kill();
  };
  // Whatever ends this process, no agent outlives it.
  process.once("exit", killAll);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  try {
    await play(agents);
  } finally {
    killAll();
  }
}

async function play(agents: DemoAgent[]): Promise<void> {
  say("Five agents start; all but the first know only the first one's address.");
  const first = await startDemoAgent(NAMES[0], "127.0.0.1:0", []);
  agents.push(first);
  for (const name of NAMES.slice(1)) {
    agents.push(await startDemoAgent(name, "127.0.0.1:0", [first.address]));
  }
  await reach("every agent lists all five", agents, () => allList(agents, NAMES));

  const victim = agents[2] ?? first;
  say(`${victim.name} is killed without warning (kill -9).`);
  victim.kill();
  const survivors = agents.filter((agent) => agent !== victim);
  const surviving = survivors.map((agent) => agent.name);
  const noticed = `the other four notice that ${victim.name} is gone`;
  await reach(noticed, agents, () => allList(survivors, surviving));

  say(`${victim.name} starts again at the same address.`);
  const returned = await startDemoAgent(victim.name, victim.address, [first.address]);
  agents.splice(2, 1, returned);
  await reach(`${victim.name} is back on every list`, agents, () => allList(agents, NAMES));

  say("The agents are told to leave.");
  await Promise.all(agents.map((agent) => agent.leave()));
  say("All went as it should.");
}

function allList(agents: readonly DemoAgent[], names: readonly string[]): boolean {
  return agents.every((agent) => {
    const listed = Array.from(agent.members.values()).sort();
    return listed.length === names.length && names.every((name, index) => listed[index] === name);
  });
}

/** Waits until `isReached`, and prints the member table each time it changes. */
async function reach(
  what: string,
  agents: readonly DemoAgent[],
  isReached: () => boolean,
): Promise<void> {
  const startMs = performance.now();
  let shown = "";
  for (;;) {
    const isDone = isReached();
    shown = printMembers(agents, shown);
    const elapsedMs = performance.now() - startMs;
    if (isDone) {
      say(`After ${(elapsedMs / 1_000).toFixed(1)} s ${what}.\n`);
      return;
    }
    if (elapsedMs > STEP_TIMEOUT_MS) {
      const message = `it did not happen within ${STEP_TIMEOUT_MS / 1_000} s that ${what}: see the table above`;
      throw new GossipError("CALL_TIMEOUT", message);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_PERIOD_MS));
  }
}

function say(line: string): void {
  console.log(line);
}
