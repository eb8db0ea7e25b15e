// A frame of a kind that only a later version knows, on a real link: it is dropped, counted, and the
// link goes on.

import type { Peer } from "gossip";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Frame } from "../../src/core/native/frames.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { LINK_METHOD, NativeCodec } from "../../src/wire/native-dialect.js";
import { eventually } from "../support/eventually.js";
import { startPeer } from "../support/peers.js";

/** Field 500 of a frame, a message; then one of a kind that is known, without a field it needs. */
const LATER = [Buffer.from("a21f020801", "hex"), Buffer.from("4a00", "hex")];

test("a frame of a later version does not end the link", async () => {
  const peer: Peer = await startPeer();
  const transport = new GrpcTransport(DEFAULT_LIMITS);
  onTestFinished(() => transport.close());
  const codec = new NativeCodec(DEFAULT_LIMITS);
  const received: Frame[] = [];
  let isEnded = false;
  const link = transport.openLink(
    { address: peer.address, method: LINK_METHOD, timeoutMs: 10_000 },
    {
      onFrame: (bytes) => {
        const frame = codec.decode(bytes, new RejectionCounter());
        if (frame !== undefined) received.push(frame);
      },
      onDrained: () => {},
      onEnd: () => {
        isEnded = true;
      },
    },
  );
  const send = (frame: Frame): void => link.send(codec.encode(frame).slice());
  const range = { minVersion: 1, maxVersion: 1 };
  const address = "127.0.0.1:1";
  send({ type: "hello", cluster: "", address, generation: 1, ...range, originals: [], clock: 0 });
  for (const bytes of LATER) link.send(bytes);
  send({ type: "probe", seq: 77, fingerprint: undefined });
  await eventually(() => {
    expect(received).toContainEqual({
      type: "probe-answer",
      seq: 77,
      comparison: { type: "same" },
    });
  });
  expect(isEnded).toBe(false);
  expect(peer.stats().rejected).toMatchObject({ "frame-unknown": 1, "address-empty": 1 });
  link.close();
});
