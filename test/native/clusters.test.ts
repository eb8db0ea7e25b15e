// Clusters of different names: a wrong address never makes two clusters one, and whoever reads the
// reason knows what to change.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { forged, LoneNativeCore } from "../support/lone-native-core.js";
import { namesListedBy } from "../support/removals.js";

test("a link of another cluster is refused with a reason, and nothing on it is taken in", () => {
  const lone = new LoneNativeCore({ cluster: "blue" });
  const stranger = lone.meets("10.0.0.2:7946", "red");
  stranger.tells(forged("10.0.0.2:7946"));
  stranger.exchanges(forged("10.0.0.3:7946"));
  expect(lone.refusals).toEqual([
    'this is cluster "blue" and not "red": check the option cluster of both peers',
  ]);
  expect(Array.from(lone.core.members("all"), ({ info }) => info.name)).toEqual(["me"]);
  expect(stranger.received).toEqual([]);
});

test("two clusters whose seeds lead into each other never mix", async () => {
  const sim = new Simulator({
    seed: 1,
    peers: 6,
    optionsOf: (index) => ({ cluster: index < 3 ? "red" : "blue" }),
    seedsOf: (index) => [0, 3].filter((seed) => seed !== index),
  });
  const reasons: string[] = [];
  void sim
    .peer(1)
    .peer.addSeed(sim.peer(4).address)
    .catch((error: Error) => {
      reasons.push(error.message);
    });
  await sim.runForAsync(20_000);
  for (const peer of sim.peers) {
    const own = peer.index < 3 ? ["peer-0", "peer-1", "peer-2"] : ["peer-3", "peer-4", "peer-5"];
    expect(namesListedBy(peer)).toEqual(own);
    for (const other of sim.peers) {
      const isOwn = other.index < 3 === peer.index < 3;
      expect(peer.remembers(other.address)).toBe(isOwn);
    }
  }
  expect(reasons.join()).toContain("check the option cluster of both peers");
});
