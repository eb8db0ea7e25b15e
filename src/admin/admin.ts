// The admin service of one peer: made from its parts, and listening on a port of its own.

import { parseListenAddress } from "../core/address.js";
import { Callbacks, kept } from "../peer/callbacks.js";
import { collapsed } from "../peer/collapsed-log.js";
import type { Peer } from "../peer/peer.js";
import { PeerTls } from "../peer/peer-tls.js";
import type { TlsOptions } from "../peer/tls-files.js";
import { monotonicMs } from "../transport/platform-timers.js";
import { ActionGuard } from "./action-guard.js";
import { AdminActions } from "./admin-service.js";
import { CertifiedCallers } from "./certified-callers.js";
import { DashboardFiles } from "./dashboard-files.js";
import { EventLoopDelay } from "./event-loop-delay.js";
import { Feeds } from "./feeds.js";
import { HostGuard } from "./host-guard.js";
import { HttpHandler } from "./http-handler.js";
import { HttpServers } from "./http-servers.js";
import { isLoopback } from "./loopback.js";
import { MetricsEndpoint } from "./metrics-endpoint.js";
import { type AdminOptions, type ResolvedAdminOptions, resolveAdminOptions } from "./options.js";
import { PlainApi } from "./plain-api.js";
import { plainRoutes } from "./plain-routes.js";
import { PortMux } from "./port-mux.js";
import { RpcHandler } from "./rpc-handler.js";
import { WatcherSlots } from "./watcher-slots.js";

/** How long calls that are under way may take to end at the close. */
const CLOSE_GRACE_MS = 1_000;

/**
 * Serves the admin service of that peer: gRPC, gRPC-Web, Connect and JSON by plain HTTP, on one port.
 * Resolves once it listens. It does not stop the peer when it is closed; and when the peer stops, it
 * stays until it is closed.
 *
 * ```ts
 * const peer = await Peer.start({ address: "127.0.0.1:0" });
 * const admin = await startAdmin(peer, { address: "127.0.0.1:0" });
 * const { members } = await (await fetch(`${admin.url}/v1/members`)).json();
 * ```
 *
 * @throws `GossipError` INVALID_OPTION, INVALID_TLS or INVALID_ADDRESS for options that cannot be;
 * ADDRESS_IN_USE or LISTEN_FAILED when it cannot listen.
 */
export async function startAdmin(peer: Peer, options: AdminOptions = {}): Promise<Admin> {
  return Admin.start(peer, resolveAdminOptions(options));
}

/** A running admin service; {@link startAdmin} makes it. */
export class Admin implements AsyncDisposable {
  /** Where it listens, `host:port`. */
  readonly address: string;
  /** Resolves when the peer has left because a client asked it to. */
  readonly left: Promise<void>;
  readonly #tls: PeerTls | undefined;
  readonly #close: () => Promise<void>;
  #closing: Promise<void> | undefined;

  private constructor(
    address: string,
    left: Promise<void>,
    tls: PeerTls | undefined,
    close: () => Promise<void>,
  ) {
    this.address = address;
    this.left = left;
    this.#tls = tls;
    this.#close = close;
  }

  /** @internal */
  static async start(peer: Peer, options: ResolvedAdminOptions): Promise<Admin> {
    const { limits } = options;
    const logger = collapsed(new Callbacks().logger(options.logger), monotonicMs);
    // First, since it may fail: what follows the peer from here on ends with the service.
    const tls =
      options.tls === undefined ? undefined : await PeerTls.open(options.tls, logger, "admin: tls");
    const feeds = new Feeds(peer, limits, logger);
    const delay = new EventLoopDelay();
    const slots = new WatcherSlots(limits.maxWatchers);
    const shutdown = new AbortController();
    let onLeft: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      onLeft = resolve;
    });
    const actions = new AdminActions({ peer, feeds, delay, slots, options, onLeft });
    const { token } = options;
    const guard = new ActionGuard({ token, takesCertificates: tls !== undefined, logger });
    const callers = new CertifiedCallers();
    const rpc = new RpcHandler({
      actions,
      callers,
      guard,
      peer,
      slots,
      limits,
      shutdownSignal: shutdown.signal,
      logger,
    });
    const responders = [
      rpc,
      new PlainApi(plainRoutes(actions), shutdown.signal, logger),
      new MetricsEndpoint(peer, delay),
      new DashboardFiles(),
    ];
    const handler = new HttpHandler(new HostGuard(options.allowedHosts), responders, logger);
    const mux = new PortMux(
      new HttpServers((request, response) => handler.handle(request, response), limits),
      limits,
      callers,
      tls?.transport,
    );
    const end = async (): Promise<void> => {
      delay.stop();
      tls?.close();
      shutdown.abort();
      await feeds.close();
      logger.tellRepeats?.();
    };
    try {
      const address = await mux.listen(options.address);
      const admin = new Admin(address, left, tls, async () => {
        await end();
        await mux.close(CLOSE_GRACE_MS);
      });
      logger.info({ address: peer.address, admin: address }, `admin service on ${admin.url}`);
      if (token !== undefined && tls === undefined && !isLoopback(hostOf(address))) {
        const advice = "without TLS the token can be read on its way: give tls as well";
        logger.warn({ address: peer.address, admin: address }, advice);
      }
      return admin;
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Where it listens, as a URL without a path. */
  get url(): string {
    return `${this.#tls === undefined ? "http" : "https"}://${this.address}`;
  }

  /**
   * Reads the files of {@link AdminOptions.tls} again, or takes other certificates, for connections to
   * come. Without TLS it does nothing.
   *
   * @throws `GossipError` INVALID_TLS for what cannot be used; then nothing changes.
   */
  reloadTls(tls?: TlsOptions): Promise<void> {
    return kept(this.#tls?.reload(tls) ?? Promise.resolve());
  }

  /** Ends all streams, and stops listening. Can be called twice. */
  close(): Promise<void> {
    this.#closing ??= kept(this.#close());
    return this.#closing;
  }

  /** `await using` closes it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function hostOf(address: string): string {
  return parseListenAddress(address)?.host.toLowerCase() ?? "";
}
