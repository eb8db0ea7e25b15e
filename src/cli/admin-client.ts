// How commands ask a running agent: its admin service, with one deadline, and every failure as one
// line that says what to do.

import type { SecureContextOptions } from "node:tls";
import { type CallOptions, type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Command, Option } from "commander";
import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import { parseAddress } from "../core/address.js";
import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import { adminFailure } from "./admin-failure.js";
import { readToken } from "./admin-token.js";
import { parseDuration, parseHostAndPort } from "./arguments.js";
import { directConnection } from "./direct-connection.js";
import { readText } from "./file-text.js";
import { usage } from "./usage.js";

/** How long an agent may take to answer, unless told otherwise. */
const DEFAULT_TIMEOUT_MS = 5_000;

/** The flags of every command that asks an agent. */
export interface ClientFlags {
  readonly admin: string;
  readonly timeout: number;
  readonly json?: true;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly adminTokenFile?: string;
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
    .option("--json", "print JSON, as the admin service gives it")
    .addOption(
      fileFlag("--tls-ca <file>", "the authorities of the agent, as PEM; has it asked by TLS"),
    )
    .addOption(fileFlag("--tls-cert <file>", "a certificate to show the agent, as PEM"))
    .addOption(fileFlag("--tls-key <file>", "the key of that certificate"))
    .addOption(
      fileFlag("--admin-token-file <file>", "a file with the token that actions of the agent need"),
    );
}

function fileFlag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  const name = option.name().replaceAll("-", "_").toUpperCase();
  return option.env(`GOSSIP_${name}`);
}

/** Asks the agent one thing. */
export async function ask<T>(
  flags: ClientFlags,
  call: (client: AdminClient, options: CallOptions) => Promise<T>,
): Promise<T> {
  try {
    return await call(await clientFor(flags), { timeoutMs: flags.timeout });
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
    yield* open(await clientFor(flags), { signal: aborter.signal });
  } catch (error) {
    throw adminFailure(error, flags);
  } finally {
    quit?.removeEventListener("abort", abort);
    abort();
  }
}

async function clientFor(flags: ClientFlags): Promise<AdminClient> {
  const { admin, adminTokenFile } = flags;
  const tls = await tlsOf(flags);
  const token = adminTokenFile === undefined ? undefined : await readToken(adminTokenFile);
  // HTTP/1.1, since its sockets end with their call: an idle HTTP/2 session would hold the process.
  const transport = createConnectTransport({
    baseUrl: `${tls === undefined ? "http" : "https"}://${admin}`,
    httpVersion: "1.1",
    nodeOptions: { createConnection: directConnection({ timeoutMs: flags.timeout, tls }) },
    interceptors: token === undefined ? [] : [bearing(token)],
  });
  return createClient(AdminService, transport);
}

async function tlsOf({
  tlsCa,
  tlsCert,
  tlsKey,
}: ClientFlags): Promise<SecureContextOptions | undefined> {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw usage("--tls-cert and --tls-key go together: give both, or none");
  }
  if (tlsCa === undefined && tlsCert !== undefined) {
    throw usage("--tls-cert is for an agent that is asked by TLS: give --tls-ca as well");
  }
  if (tlsCa === undefined) return undefined;
  const advice = "name a file as PEM";
  return {
    ca: await readText(tlsCa, advice),
    minVersion: "TLSv1.3",
    ...(tlsCert !== undefined && { cert: await readText(tlsCert, advice) }),
    ...(tlsKey !== undefined && { key: await readText(tlsKey, advice) }),
  };
}

function bearing(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set("Authorization", `Bearer ${token}`);
    return next(request);
  };
}

/** True for what is written like an address rather than a name. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}
