// The scenarios by which the original program is tested, against real gRPC.

import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { unusedAddress } from "../support/hosts.js";
import {
  addressesSeenBy,
  countAnswered,
  errorCodeOf,
  expectAllSeeAll,
  forEachFailureDetection,
  startPeer,
} from "../support/peers.js";

forEachFailureDetection(() => {
  test("a single peer lists itself, by the name that it has now", async () => {
    const peer = await startPeer({ name: "alone" });

    expectAllSeeAll([peer]);
    expect(peer.members().get(peer.address)).toMatchObject({
      address: peer.address,
      info: { name: "alone" },
      status: "live",
    });

    peer.updateInfo({ name: "still alone" });
    expectAllSeeAll([peer]);
    expect(peer.info).toEqual({ name: "still alone" });
  });

  test("a dead seed is an error, and no member", async () => {
    const peer = await startPeer();
    const dead = await unusedAddress();

    expect(await errorCodeOf(peer.addSeed(dead))).toBe("SEED_UNREACHABLE");
    expect(addressesSeenBy(peer)).toEqual([peer.address]);
  });

  test("two peers find each other, see each other's updates, and one notices that the other stops", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const peer1 = await startPeer({ name: "peer1" });
    await peer0.addSeed(peer1.address);
    await eventually(() => expectAllSeeAll([peer0, peer1]));

    peer0.updateInfo({ name: "peer0, new" });
    await eventually(() => expectAllSeeAll([peer0, peer1]));
    peer1.updateInfo({ name: "peer1, new" });
    await eventually(() => expectAllSeeAll([peer0, peer1]));

    await peer1.stop();
    await eventually(() => expectAllSeeAll([peer0]));
  });

  test("ten peers that know one another through one main peer live on without it", async () => {
    const main = await startPeer({ name: "main" });
    const others = await Promise.all(
      Array.from({ length: 10 }, (_, index) => startPeer({ name: `peer${index}` })),
    );
    await Promise.all(others.map((peer) => peer.addSeed(main.address)));
    await eventually(() => expectAllSeeAll([main, ...others]));

    await main.stop();
    await eventually(() => expectAllSeeAll(others));

    others[0]?.updateInfo({ name: "news for all" });
    await eventually(() => expectAllSeeAll(others));
  });

  test("two groups stay apart until one seed joins them", async () => {
    const [red0, red1] = [await startPeer({ name: "red0" }), await startPeer({ name: "red1" })];
    const [blue0, blue1] = [await startPeer({ name: "blue0" }), await startPeer({ name: "blue1" })];
    await red0.addSeed(red1.address);
    await blue0.addSeed(blue1.address);
    await eventually(() => expectAllSeeAll([red0, red1]));
    await eventually(() => expectAllSeeAll([blue0, blue1]));

    // Many exchanges later they still know nothing of each other.
    const before = countAnswered(red0);
    await eventually(() => expect(countAnswered(red0)).toBeGreaterThan(before + 5));
    expectAllSeeAll([red0, red1]);
    expectAllSeeAll([blue0, blue1]);

    await red1.addSeed(blue0.address);
    await eventually(() => expectAllSeeAll([red0, red1, blue0, blue1]));
  });
});
