// Peers with TLS for tests: each has a certificate of an authority of the test.

import type { Peer, TlsOptions } from "gossip";
import { expect } from "vitest";
import { eventually } from "./eventually.js";
import { expectAllSeeAll, startPeer, type TestPeerOptions } from "./peers.js";
import { RecordingLogger } from "./recording-logger.js";

/** A peer, and what it logged. */
export interface LoggedPeer {
  readonly peer: Peer;
  readonly logger: RecordingLogger;
}

/** Starts a peer with these certificates. */
export async function startTlsPeer(
  tls: TlsOptions,
  options: TestPeerOptions = {},
): Promise<LoggedPeer> {
  const logger = new RecordingLogger();
  return { peer: await startPeer({ ...options, tls, logger }), logger };
}

/** Starts peers that find each other through the first, each with certificates of its own. */
export async function startTlsCluster(
  certificates: readonly [TlsOptions, ...TlsOptions[]],
): Promise<[LoggedPeer, ...LoggedPeer[]]> {
  const [own, ...others] = certificates;
  const first = await startTlsPeer(own, { name: "peer0" });
  const all: [LoggedPeer, ...LoggedPeer[]] = [first];
  for (const [index, tls] of others.entries()) {
    const options = { name: `peer${index + 1}`, seeds: [first.peer.address] };
    all.push(await startTlsPeer(tls, options));
  }
  await eventually(() => expectAllSeeAll(all.map(({ peer }) => peer)));
  return all;
}

/** Waits for a warning that holds that text. */
export async function expectWarning(of: LoggedPeer, text: string): Promise<void> {
  await eventually(() => {
    expect(of.logger.messages.filter((message) => message.includes(text))).not.toEqual([]);
  });
}
