// `gossip agent`: runs one peer until it is told to stop.

import { Command, Option } from "commander";
import { Peer } from "../peer/peer.js";
import { collect, parseDuration } from "./arguments.js";
import { createLogger, LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./log.js";

interface AgentFlags {
  readonly listen: string;
  readonly advertise?: string;
  readonly name: string;
  readonly seed: readonly string[];
  readonly pingPeriod: number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

const EXAMPLES = `
Examples:
  $ gossip agent --listen 127.0.0.1:7946 --name a
  $ gossip agent --listen 127.0.0.1:7947 --name b --seed 127.0.0.1:7946
  $ gossip agent --listen 0.0.0.0:7946 --advertise 10.0.0.5:7946 --seed gossip.internal:7946

It runs until SIGINT or SIGTERM; then it tells the others that it leaves, and exits with 0. A second
signal stops it at once. Exit codes: 1 when it could not start, 2 when a flag is wrong.`;

/** The command, to be added to the program. */
export function agentCommand(): Command {
  const format = process.stdout.isTTY ? "pretty" : "json";
  return new Command("agent")
    .description("run one peer until SIGINT or SIGTERM, and log each of its steps")
    .option("--listen <host:port>", "where to listen; port 0 is any free one", "127.0.0.1:7946")
    .option("--advertise <host:port>", "what others dial; needed when listening on all interfaces")
    .option("--name <name>", "the peer's public name", "")
    .option("--seed <host:port>", "an address of the cluster; can be repeated", collect, [])
    .option("--ping-period <duration>", "time between two exchanges", parseDuration, 1_000)
    .addOption(
      new Option("--log-format <format>", "how to log").choices(LOG_FORMATS).default(format),
    )
    .addOption(
      new Option("--log-level <level>", "what to log").choices(LOG_LEVELS).default("debug"),
    )
    .addHelpText("after", EXAMPLES)
    .action((flags: AgentFlags) => runAgent(flags));
}

async function runAgent(flags: AgentFlags): Promise<void> {
  const logger = createLogger(flags.logFormat, flags.logLevel);
  const peer = await Peer.start({
    address: flags.listen,
    advertiseAddress: flags.advertise,
    info: { name: flags.name },
    seeds: flags.seed,
    pingPeriodMs: flags.pingPeriod,
    logger,
  });
  const signal = await nextSignal();
  logger.info({ address: peer.address, signal }, `leaving because of ${signal}`);
  await Promise.race([peer.leave(), nextSignal().then(() => peer.stop())]);
}

/** Resolves with the name of the next signal to end. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      resolve(signal);
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
