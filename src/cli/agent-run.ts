// A running agent: its peer, its admin service, the check of the service beside it, and the signals
// that reload and end it.

import type { Logger as PinoLogger } from "pino";
import { type Admin, startAdmin } from "../admin/admin.js";
import { type AdminOptions, resolveAdminOptions } from "../admin/options.js";
import { GossipError } from "../core/errors.js";
import { thrownText } from "../core/thrown.js";
import { resolveOptions } from "../peer/options.js";
import { Peer } from "../peer/peer.js";
import { readToken } from "./admin-token.js";
import { AgentCheck } from "./agent-check.js";
import { AgentReload, type ConfigSource } from "./agent-reload.js";
import { type FullSettings, peerOptionsOf, tlsOf } from "./agent-settings.js";
import { EndSignals } from "./end-signals.js";
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from "./exit-codes.js";
import type { GivenSettings } from "./given-settings.js";
import { createLogger } from "./log.js";
import { LogOutput } from "./log-output.js";
import { formatDuration } from "./output.js";

/** How long all that is left may take to end once the others have been told, or could not be. */
export const STOP_GRACE_MS = 5_000;
/** How long the last lines of the log may take to be read. */
const FLUSH_MS = 1_000;

/** Runs an agent until it has left, and ends the process then; throws when it cannot start. */
export async function runAgent(
  { settings }: GivenSettings,
  config: ConfigSource | undefined,
): Promise<void> {
  const output = new LogOutput();
  const logger = createLogger(settings.logFormat, settings.logLevel, output);
  // Heard from now on: a signal that comes while it starts would end it without a word.
  const signals: EndSignals = new EndSignals(() => exit(EXIT_OK, signals));
  const hangups = new Hangups(logger);
  // Before anybody sees the peer.
  if (settings.admin !== "none") resolveAdminOptions(await adminOptionsOf(settings));
  const starting = Peer.start({ ...peerOptionsOf(settings), logger });
  const started = await Promise.race([starting, signals.first]);
  if (typeof started === "string") {
    // Nobody has been told of it, so there is nobody to tell.
    logger.info({ reason: started }, `ended by ${started} before it had started`);
  } else await run({ peer: started, settings, logger }, { config, signals, hangups });
  await output.flush(FLUSH_MS);
  exit(EXIT_OK, signals);
}

/** What is heard of while an agent runs. */
interface Heard {
  readonly config: ConfigSource | undefined;
  readonly signals: EndSignals;
  readonly hangups: Hangups;
}

async function run(
  { peer, settings, logger }: Pick<Running, "peer" | "settings" | "logger">,
  { config, signals, hangups }: Heard,
): Promise<void> {
  const admin = await adminOf(peer, settings, logger);
  const check = new AgentCheck(peer, settings, logger);
  const reload = new AgentReload({ peer, admin, check, logger, settings, config });
  hangups.handle(() => void reload.reload());
  const reason = await Promise.race([signals.first, leftThrough(admin)]);
  await end(reason, { peer, admin, check, settings, logger, signals });
}

/** Ends the process, whatever is left of it; a signal meanwhile is not held up. */
function exit(code: ExitCode, signals: EndSignals): never {
  signals.release();
  process.exit(code);
}

/** Listens to SIGHUP; one that comes before there is a handler waits for it. */
class Hangups {
  #handler: (() => void) | undefined;
  #isWaiting = false;
  readonly #logger: PinoLogger;

  constructor(logger: PinoLogger) {
    this.#logger = logger;
    process.on("SIGHUP", () => this.#onHangup());
  }

  handle(handler: () => void): void {
    this.#handler = handler;
    if (this.#isWaiting) this.#onHangup();
  }

  /** Never throws: whatever it finds, the agent goes on. */
  #onHangup(): void {
    if (this.#handler === undefined) {
      this.#isWaiting = true;
      return;
    }
    try {
      this.#handler();
    } catch (error) {
      const reason = thrownText(error);
      this.#logger.error({ reason }, `SIGHUP did nothing: ${reason}`);
    }
  }
}

/** What there is to end. */
interface Running {
  readonly peer: Peer;
  readonly admin: Admin | undefined;
  readonly check: AgentCheck;
  readonly settings: FullSettings;
  readonly logger: PinoLogger;
  readonly signals: EndSignals;
}

/** Tells the others, and stops; after its time it ends whatever is left. */
async function end(reason: string, running: Running): Promise<void> {
  const { peer, admin, check, settings, logger, signals } = running;
  const { address } = peer;
  const { leaveTimeoutMs } = resolveOptions(peerOptionsOf(settings)).timing;
  const boundMs = leaveTimeoutMs + STOP_GRACE_MS;
  const within = formatDuration(leaveTimeoutMs);
  logger.info(
    { address, reason },
    `leaving because of ${reason}: the others are told, within ${within}`,
  );
  const timer = setTimeout(() => {
    logger.error({ address }, `not everything ended within ${formatDuration(boundMs)}: giving up`);
    exit(EXIT_FAILURE, signals);
  }, boundMs);
  await check.stop();
  await peer.leave();
  await admin?.close();
  clearTimeout(timer);
  logger.info({ address, reason }, "ended");
}

/** The admin service, unless there is to be none; where it cannot listen, the peer leaves. */
async function adminOf(
  peer: Peer,
  settings: FullSettings,
  logger: PinoLogger,
): Promise<Admin | undefined> {
  if (settings.admin === "none") return undefined;
  try {
    return await startAdmin(peer, { ...(await adminOptionsOf(settings)), logger });
  } catch (error) {
    // It may have been seen already: leaving spares the others a suspicion.
    await peer.leave();
    if (!(error instanceof GossipError) || error.code !== "ADDRESS_IN_USE") throw error;
    const message = `${error.message} for the admin service, with --admin`;
    const problem = new GossipError(error.code, message, { cause: error });
    throw problem;
  }
}

async function adminOptionsOf(settings: FullSettings): Promise<AdminOptions> {
  const { admin, adminAllowedHosts, readOnly, adminTokenFile } = settings;
  return {
    address: admin,
    allowedHosts: adminAllowedHosts,
    isReadOnly: readOnly,
    tls: tlsOf(settings),
    token: adminTokenFile === undefined ? undefined : await readToken(adminTokenFile),
  };
}

function leftThrough(admin: Admin | undefined): Promise<string> {
  return admin === undefined
    ? new Promise(() => {})
    : admin.left.then(() => "a request to the admin service");
}
