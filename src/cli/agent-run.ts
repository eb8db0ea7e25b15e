// A running agent: its peer, its admin service, the check of the service beside it, and the signals
// that reload and end it.

import type { Logger as PinoLogger } from "pino";
import { type Admin, startAdmin } from "../admin/admin.js";
import { type AdminOptions, resolveAdminOptions } from "../admin/options.js";
import { GossipError } from "../core/errors.js";
import { resolveOptions } from "../peer/options.js";
import { Peer } from "../peer/peer.js";
import { readToken } from "./admin-token.js";
import { AgentCheck } from "./agent-check.js";
import { AgentReload, type ConfigSource } from "./agent-reload.js";
import { type FullSettings, peerOptionsOf, tlsOf } from "./agent-settings.js";
import { EXIT_FAILURE } from "./exit-codes.js";
import type { GivenSettings } from "./given-settings.js";
import { createLogger } from "./log.js";
import { formatDuration } from "./output.js";

/** How long all that is left may take to end once the others have been told, or could not be. */
export const STOP_GRACE_MS = 5_000;

/** Runs an agent until it has left; throws when it cannot start. */
export async function runAgent(
  { settings }: GivenSettings,
  config: ConfigSource | undefined,
): Promise<void> {
  // Heard from now on: a signal that comes while it starts would end it without a word.
  const signalled = nextSignal();
  const hangups = new Hangups();
  const logger = createLogger(settings.logFormat, settings.logLevel);
  // Before anybody sees the peer.
  if (settings.admin !== "none") resolveAdminOptions(adminOptionsOf(settings));
  const peer = await Peer.start({ ...peerOptionsOf(settings), logger });
  const admin = await adminOf(peer, settings, logger);
  const check = new AgentCheck(peer, settings, logger);
  const reload = new AgentReload({ peer, admin, check, logger, settings, config });
  hangups.handle(() => reload.reload());
  const reason = await Promise.race([signalled, leftThrough(admin)]);
  await end(reason, { peer, admin, check, settings, logger });
  hangups.stop();
}

/** Listens to SIGHUP; one that comes before there is a handler waits for it. */
class Hangups {
  #handler: (() => void) | undefined;
  #isWaiting = false;
  readonly #onHangup = (): void => {
    if (this.#handler === undefined) this.#isWaiting = true;
    else this.#handler();
  };

  constructor() {
    process.on("SIGHUP", this.#onHangup);
  }

  handle(handler: () => void): void {
    this.#handler = handler;
    if (this.#isWaiting) handler();
  }

  stop(): void {
    process.off("SIGHUP", this.#onHangup);
  }
}

/** What there is to end. */
interface Running {
  readonly peer: Peer;
  readonly admin: Admin | undefined;
  readonly check: AgentCheck;
  readonly settings: FullSettings;
  readonly logger: PinoLogger;
}

/** Tells the others, and stops; after its time, or at a second signal, it ends whatever is left. */
async function end(reason: string, running: Running): Promise<void> {
  const { peer, admin, check, settings, logger } = running;
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
    process.exit(EXIT_FAILURE);
  }, boundMs);
  await check.stop();
  await Promise.race([peer.leave(), nextSignal().then(() => peer.stop())]);
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
    return await startAdmin(peer, { ...adminOptionsOf(settings), logger });
  } catch (error) {
    // It may have been seen already: leaving spares the others a suspicion.
    await peer.leave();
    if (!(error instanceof GossipError) || error.code !== "ADDRESS_IN_USE") throw error;
    const message = `${error.message} for the admin service, with --admin`;
    const problem = new GossipError(error.code, message, { cause: error });
    throw problem;
  }
}

function adminOptionsOf(settings: FullSettings): AdminOptions {
  const { admin, adminAllowedHosts, readOnly, adminTokenFile } = settings;
  return {
    address: admin,
    allowedHosts: adminAllowedHosts,
    isReadOnly: readOnly,
    tls: tlsOf(settings),
    token: adminTokenFile === undefined ? undefined : readToken(adminTokenFile),
  };
}

function leftThrough(admin: Admin | undefined): Promise<string> {
  return admin === undefined
    ? new Promise(() => {})
    : admin.left.then(() => "a request to the admin service");
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
