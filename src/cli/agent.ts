// `gossip agent`: runs one peer until it is told to stop.

import { Command, Option } from "commander";
import { type Admin, startAdmin } from "../admin/admin.js";
import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import type { Logger } from "../peer/logger.js";
import { Peer } from "../peer/peer.js";
import { collect, parseDuration } from "./arguments.js";
import { createLogger, LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./log.js";

interface AgentFlags {
  readonly listen: string;
  readonly advertise?: string;
  readonly name: string;
  readonly seed: readonly string[];
  readonly pingPeriod: number;
  readonly admin: string;
  readonly adminAllowHost: readonly string[];
  readonly readOnly: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

const EXAMPLES = `
Examples:
  $ gossip agent --listen 127.0.0.1:7946 --name a
  $ gossip agent --listen 127.0.0.1:7947 --name b --seed 127.0.0.1:7946 --admin 127.0.0.1:7981
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
    .option(
      "--admin <host:port>",
      'where the admin service listens, or "none"',
      DEFAULT_ADMIN_ADDRESS,
    )
    .option("--admin-allow-host <host>", "another name it may be asked by", collect, [])
    .option("--read-only", "refuse all actions through the admin service", false)
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
  const admin = await adminOf(peer, flags, logger);
  const reason = await Promise.race([nextSignal(), admin?.left.then(() => "its admin service")]);
  logger.info({ address: peer.address, reason }, `leaving because of ${reason}`);
  await Promise.race([peer.leave(), nextSignal().then(() => peer.stop())]);
  await admin?.close();
}

/** The admin service, unless there is to be none; where it cannot listen, the peer stops. */
async function adminOf(
  peer: Peer,
  { admin, adminAllowHost, readOnly }: AgentFlags,
  logger: Logger,
): Promise<Admin | undefined> {
  if (admin === "none") return undefined;
  try {
    const options = { address: admin, allowedHosts: adminAllowHost, isReadOnly: readOnly, logger };
    return await startAdmin(peer, options);
  } catch (error) {
    await peer.stop();
    throw error;
  }
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
