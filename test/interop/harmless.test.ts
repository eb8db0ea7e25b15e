// What ours must never do to an original, and what an original must not make ours do.

import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { startSilentHost, unusedAddress } from "../support/hosts.js";
import { forEachFailureDetection } from "../support/peers.js";
import { RawClient, SHARE_DATA } from "../support/raw-client.js";
import { peerData } from "../support/wire.js";
import { MixedCluster, namesListedBy } from "./mixed-cluster.js";

/** An original must not wait longer for us: it has no deadline, and its one exchange stands still. */
const ANSWER_DEADLINE_MS = 2_000;
forEachFailureDetection((kind) => {
  test("addresses that an original invented are never listed nor passed on by ours", async () => {
    const cluster = new MixedCluster();
    const original = await cluster.startOriginal({ name: "original", connectTimeoutMs: 100 });
    const impatient = { exchangeTimeoutMs: 200, pingTimeoutMs: 200, seeds: [original.addr] };
    await cluster.startOurs({ name: "ours0", ...impatient });
    await cluster.startOurs({ name: "ours1", ...impatient });
    await cluster.untilAllSeeAll();
    const refusing = await unusedAddress();
    const { address: silent } = await startSilentHost();
    const ghosts = [refusing, silent];

    for (const addr of ghosts) {
      await original.hear({ addr, version: 7, name: "ghost", deleted: false });
      expect(namesListedBy(original)).toHaveProperty([addr], "ghost");
    }
    await eventually(() => {
      for (const peer of cluster.ours) {
        // Both were dialled in vain, and the silent one asked once more by a ping. A peer
        // that speaks both dialects gives up already when it cannot link to it.
        const { exchangesFailed, pingsFailed } = peer.stats();
        expect(exchangesFailed).toBeGreaterThanOrEqual(2);
        expect(pingsFailed).toBeGreaterThanOrEqual(kind === "immediate" ? 1 : 0);
      }
    });
    await cluster.untilExchanges(10);

    for (const ghost of ghosts) expect(cluster.eventsAbout(ghost)).toEqual([]);
    for (const peer of cluster.ours) {
      expect([...peer.members().keys()].sort()).toEqual(
        [original.addr, ...cluster.ours.map(({ address }) => address)].sort(),
      );
    }
    // Nor were any of them sent to an original.
    const newcomer = await cluster.startOriginal({ name: "new", seeds: [cluster.our(0).address] });
    await eventually(() => expect(namesListedBy(newcomer)).toHaveProperty([original.addr]));
    cluster.expectNoHarm();
  });

  test("an original whose exchanges hang, since it pings someone silent, is not given up", async () => {
    const cluster = new MixedCluster();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const original = await cluster.startOriginal({ name: "busy", beforeAnswer: () => released });
    const impatient = { exchangeTimeoutMs: 100, seeds: [original.addr] };
    await cluster.startOurs({ name: "ours0", ...impatient });
    await cluster.startOurs({ name: "ours1", ...impatient });

    await cluster.untilAllSeeAll();
    await eventually(() => {
      for (const peer of cluster.ours) expect(peer.stats().exchangesFailed).toBeGreaterThan(5);
    });
    cluster.expectNoHarm();

    release();
    original.updateSelfInfo({ name: "free again" });
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });

  test("neither kind gives up, resets or misnames a live peer in hundreds of periods", {
    timeout: 120_000,
  }, async () => {
    const pingPeriodMs = 15;
    const cluster = new MixedCluster();
    const seeds = [(await cluster.startOriginal({ name: "original0", pingPeriodMs })).addr];
    for (const name of ["original1", "original2"]) {
      await cluster.startOriginal({ name, pingPeriodMs, seeds });
    }
    for (const name of ["ours0", "ours1", "ours2"]) {
      await cluster.startOurs({ name, pingPeriodMs, seeds });
    }
    await cluster.untilAllSeeAll();
    await cluster.untilVersionsAgree();
    const versions = cluster.versions();

    expect(await cluster.changesDuring(300)).toEqual([]);
    expect(cluster.versions()).toEqual(versions);
    cluster.expectNoHarm();
  });

  test("an original that makes exchanges as fast as it can is answered each time", async () => {
    // Whom it is cut off by, it deletes for ever.
    const cluster = new MixedCluster();
    const original = await cluster.startOriginal({ name: "original", pingPeriodMs: 1 });
    await cluster.startOurs({ name: "ours", seeds: [original.addr] });
    await cluster.untilAllSeeAll();

    await eventually(() => {
      for (const { exchangesServed } of cluster.ours.map((peer) => peer.stats())) {
        expect(exchangesServed).toBeGreaterThan(800);
      }
    });
    expect(original.dialled).toEqual(cluster.ours.map(({ address }) => address));
    cluster.expectNoHarm();
  });

  /** Calls that end late or never when they are served as they come. */
  const awkwardCalls: readonly [string, readonly Buffer[], { halfCloses: boolean }][] = [
    ["says nothing and stays", [], { halfCloses: false }],
    ["sends a record and stays", [peerData({ addr: "127.0.0.1:1" })], { halfCloses: false }],
    ["sends what is no record", [Buffer.from([0x0a, 0xff])], { halfCloses: true }],
    ["sends a negative version", [peerData({ addr: "a:1", version: -1 })], { halfCloses: true }],
  ];

  test.each(awkwardCalls)(
    "a caller that %s is answered well within its patience",
    async (...call) => {
      const [, messages, options] = call;
      const cluster = await MixedCluster.start({ originals: 1, ours: 2 });
      const { address } = cluster.our(0);

      const answer = await new RawClient(address).call(SHARE_DATA, messages, {
        ...options,
        deadlineMs: ANSWER_DEADLINE_MS,
      });
      expect(answer).toMatchObject({ code: status.OK });
      expect(answer.messages).toHaveLength(cluster.all.length);
      await cluster.untilAllSeeAll();
      cluster.expectNoHarm();
    },
  );

  test("a caller that brings many silent addresses does not wait for them", async () => {
    const cluster = await MixedCluster.start({ originals: 1, ours: 2 });
    const hosts = await Promise.all(Array.from({ length: 20 }, () => startSilentHost()));

    const caller = new RawClient(cluster.our(0).address);
    const answer = await caller.share(
      hosts.map(({ address: addr }) => ({ addr, version: 1, name: "silent" })),
      { deadlineMs: ANSWER_DEADLINE_MS },
    );
    expect(answer.code).toBe(status.OK);
    expect(answer.records.map(({ addr }) => addr).sort()).toEqual(
      Object.keys(namesListedBy(cluster.our(0))).sort(),
    );
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });
});
