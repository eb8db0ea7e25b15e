// `gossip demo`: a cluster of five agents as processes of their own, with the dashboard of the first.
// It tells what the agents say, and fails when that is not what should have happened.

import { Command } from "commander";
import { CommandFailed } from "./command-failed.js";
import { DemoCast, NAMES } from "./demo-cast.js";
import { pause, playRound, type Stage } from "./demo-story.js";
import { tellPeople, tellPrograms } from "./demo-teller.js";
import { teach } from "./help.js";

/** Long enough to see on the dashboard what a step did. */
const PAUSE_MS = 4_000;
/** Closing the terminal ends it too: the agents would take that for a wish to reload. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface DemoFlags {
  readonly once?: true;
  readonly json?: true;
}

/** The command, to be added to the program. */
export function demoCommand(): Command {
  const command = new Command("demo")
    .description("play a cluster of five agents, and show it on the dashboard")
    .option("--once", "play once, without pauses; so it is without a terminal, and with CI set")
    .option("--json", "print JSON, a line for each step")
    .action((flags: DemoFlags) => demo(flags));
  return teach(command, {
    examples: [
      ["gossip demo", "again and again, until Ctrl-C"],
      ["gossip demo --once", "does it work here?"],
      ["gossip demo --once --json | jq .afterMs", "how long each step took"],
    ],
    text: `An agent joins, one changes its info, one is killed and comes back, one leaves. Its agents listen
on 127.0.0.1 only, and none is left when it ends.`,
    failure: "an agent could not start, or a step did not come true in time",
  });
}

async function demo({ once, json }: DemoFlags): Promise<void> {
  const isRepeated = once !== true && process.stdout.isTTY && !process.env["CI"];
  const cast = new DemoCast();
  const quitter = new AbortController();
  const quit = (): void => {
    quitter.abort();
    cast.kill();
  };
  for (const signal of END_SIGNALS) process.on(signal, quit);
  // Whatever else ends this process, no agent outlives it.
  const kill = (): void => cast.kill();
  process.on("exit", kill);
  const tell = json === true ? tellPrograms : tellPeople;
  const stage = { cast, tell, pauseMs: isRepeated ? PAUSE_MS : 0, quit: quitter.signal };
  try {
    await (isRepeated ? playOn(stage) : playOnce(stage));
  } catch (error) {
    // Whatever was under way breaks off then; that is no news.
    if (!quitter.signal.aborted) throw error;
  } finally {
    await cast.end();
    process.off("exit", kill);
    for (const signal of END_SIGNALS) process.off(signal, quit);
  }
  if (!quitter.signal.aborted) return;
  if (!isRepeated) throw new CommandFailed("the demo was ended before its story was: run it again");
  tell({ type: "end", text: "All agents have ended." });
}

async function playOnce(stage: Stage): Promise<void> {
  await open(stage);
  await playRound(stage, 1);
  await stage.cast.leave();
  stage.tell({ type: "end", text: "The others have left too. All went as it should." });
}

async function playOn(stage: Stage): Promise<never> {
  await open(stage);
  stage.tell({ type: "scene", text: "Open it now; Ctrl-C ends the demo." });
  for (let round = 1; ; round += 1) {
    await pause(stage);
    await playRound(stage, round);
  }
}

/** The first agent starts, and its dashboard is told of before all else. */
async function open({ cast, tell }: Stage): Promise<void> {
  const agent = await cast.start(NAMES[0], 1);
  tell({ type: "dashboard", agent });
}
