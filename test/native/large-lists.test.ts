// A list of records as large as they may be: it goes in pieces that anyone takes, as the link takes them.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";

const METADATA_BYTES = 8_000;
const LIMITS = { maxMetadataBytes: 8_192, maxMessageBytes: 20_000, maxUnsentBytes: 65_536 };

function metadataOf(index: number): Record<string, string> {
  return { blob: `${index}`.padEnd(METADATA_BYTES, "abcdefghij") };
}

test.each([1, 2])("a newcomer lists 24 that have all the metadata they may (seed %i)", (seed) => {
  const sim = new Simulator({ seed, peers: 24, options: { limits: LIMITS }, start: "converged" });
  sim.runFor(2_000);
  const newcomer = sim.peer(23);
  sim.crash(newcomer);
  sim.runFor(5_000);
  for (const [index, { peer, name }] of sim.running.entries()) {
    peer.updateInfo({ name, metadata: metadataOf(index) });
  }
  sim.runFor(10_000);
  sim.restart(newcomer);
  sim.runFor(10_000);
  for (const observer of sim.running) {
    expect(observer.peer.members().size).toBe(24);
    expect(Object.keys(observer.peer.stats().rejected)).toContain("inflated-too-long");
    expect(observer.peer.stats().rejected["inflated-too-long"]).toBe(0);
    expect(observer.peer.stats().rejected["reader-too-slow"]).toBe(0);
  }
  const listed = newcomer.peer.members().get(sim.peer(3).address);
  expect(listed?.info.metadata).toEqual(metadataOf(3));
});
