// `gossip simulate`: clusters in virtual time. One random run, many of them, or a named experiment.

import { Command } from "commander";
import { teach } from "./help.js";
import {
  DEFAULT_SEED,
  parseBudget,
  parseFaults,
  parseFaultsFor,
  parsePeers,
  parseRuns,
  parseSeed,
  parseWorkers,
  type SimulateFlags,
} from "./simulate-flags.js";

/** The command, to be added to the program. */
export function simulateCommand(): Command {
  const command = new Command("simulate")
    .description("run clusters in virtual time, with random faults or as a named experiment")
    .option("--seed <n>", `what all is drawn from (default: ${DEFAULT_SEED})`, parseSeed)
    .option("--peers <n>", "how many peers (default: drawn from the seed)", parsePeers)
    .option("--faults <list>", "which faults of the plan: 1,4 or none (default: all)", parseFaults)
    .option("--faults-for <duration>", "when faults end, like 12s (default: all)", parseFaultsFor)
    .option("--runs <n>", "make that many random runs, from --seed on", parseRuns)
    .option("--workers <n>", "processes that make them (default: one a core)", parseWorkers)
    .option("--coverage", "name the lines of the core that the runs never reached")
    .option("--experiment <name>", "run a named experiment")
    .option("--list", "list the experiments")
    .option("--tenth", "a tenth of the experiment, where a part is the default")
    .option("--full", "all of the experiment")
    .option("--budget <duration>", "CPU time for the experiment, like 30s", parseBudget)
    .option("--json", "print the result as JSON")
    .option("--plot <file.svg>", "also draw the result")
    .action(async (flags: SimulateFlags) => {
      // Loaded here, so that the other commands start without the simulator.
      const { simulate } = await import("./simulate-run.js");
      await simulate(flags);
    });
  return teach(command, {
    examples: [
      ["gossip simulate --seed 7", "one random run, with its faults"],
      ["gossip simulate --seed 7 --peers 5 --faults 1,4", "the same with two of its faults"],
      ["gossip simulate --runs 10000", "many, from seed 1 on"],
      ["gossip simulate --list", "the experiments"],
      ["gossip simulate --experiment join --json --plot join.svg", "one of them"],
    ],
    text: "The same seed gives the same run on every machine.",
    failure: "a run broke an invariant",
  });
}
