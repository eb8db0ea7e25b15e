// How commands ask a running agent: its admin service, with one deadline, and every failure as one
// line that says what to do.

import { type CallOptions, type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Command, Option } from "commander";
import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import { parseAddress } from "../core/address.js";
import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import { adminFailure } from "./admin-failure.js";
import { parseDuration, parseHostAndPort } from "./arguments.js";

/** How long an agent may take to answer, unless told otherwise. */
const DEFAULT_TIMEOUT_MS = 5_000;

/** The flags of every command that asks an agent. */
export interface ClientFlags {
  readonly admin: string;
  readonly timeout: number;
  readonly json?: true;
}

/** A client of the admin service. */
export type AdminClient = Client<typeof AdminService>;

/** A command that asks an agent, with the flags that all of them have. */
export function clientCommand(name: string, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}): Command {
  return new Command(name)
    .addOption(
      new Option("--admin <host:port>", "the admin address of the agent to ask")
        .env("GOSSIP_ADMIN")
        .default(DEFAULT_ADMIN_ADDRESS)
        .argParser(parseHostAndPort),
    )
    .addOption(
      new Option("--timeout <duration>", "how long the agent may take to answer")
        .env("GOSSIP_TIMEOUT")
        .default(timeoutMs, `${timeoutMs / 1_000}s`)
        .argParser(parseDuration),
    )
    .option("--json", "print JSON, as the admin service gives it");
}

/** Asks the agent one thing. */
export async function ask<T>(
  flags: ClientFlags,
  call: (client: AdminClient, options: CallOptions) => Promise<T>,
): Promise<T> {
  try {
    return await call(clientFor(flags), { timeoutMs: flags.timeout });
  } catch (error) {
    throw adminFailure(error, flags);
  }
}

/**
 * Follows a stream of the agent's until it ends, the reader breaks off, or `quit` is aborted. That an agent is there at
 * all is asked first: a stream on which nothing happens says nothing.
 */
export async function* follow<T>(
  flags: ClientFlags,
  open: (client: AdminClient, options: CallOptions) => AsyncIterable<T>,
  quit?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  await ask(flags, (client, options) => client.getHealth({}, options));
  const aborter = new AbortController();
  const abort = (): void => aborter.abort();
  quit?.addEventListener("abort", abort);
  try {
    yield* open(clientFor(flags), { signal: aborter.signal });
  } catch (error) {
    throw adminFailure(error, flags);
  } finally {
    quit?.removeEventListener("abort", abort);
    abort();
  }
}

function clientFor({ admin }: ClientFlags): AdminClient {
  // HTTP/1.1, since its sockets end with their call: an idle HTTP/2 session would hold the process.
  const transport = createConnectTransport({ baseUrl: `http://${admin}`, httpVersion: "1.1" });
  return createClient(AdminService, transport);
}

/** True for what is written like an address rather than a name. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}
