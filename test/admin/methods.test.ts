// Every method of the admin service, by every protocol that it speaks.

import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { EventType, MemberStatus } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { eventually } from "../support/eventually.js";
import { startCluster } from "../support/peers.js";
import { clientOf, firstOf, PROTOCOLS, serve, startAgent } from "./clients.js";

describe.each(PROTOCOLS)("by %s", (protocol) => {
  test("members are listed, the peer itself first", async () => {
    const [first, second] = await startCluster(2);
    const client = clientOf(await serve(first), protocol);
    const { members, counts } = await client.listMembers({});
    expect(members.map((member) => member.address)).toEqual([first.address, second?.address]);
    expect(members.map((member) => member.isSelf)).toEqual([true, false]);
    expect(members.map((member) => member.info?.name)).toEqual(["peer0", "peer1"]);
    expect(members.map((member) => member.status)).toEqual([MemberStatus.LIVE, MemberStatus.LIVE]);
    expect(counts).toMatchObject({ live: 2, suspected: 0, failed: 0, left: 0 });
  });

  test("only the members that were asked for are listed", async () => {
    const [first] = await startCluster(3);
    const client = clientOf(await serve(first), protocol);
    const named = await client.listMembers({ contains: "peer2" });
    expect(named.members.map((member) => member.info?.name)).toEqual(["peer2"]);
    const limited = await client.listMembers({ limit: 2 });
    expect(limited.members).toHaveLength(2);
    const gone = await client.listMembers({ statuses: [MemberStatus.FAILED, MemberStatus.LEFT] });
    expect(gone.members).toEqual([]);
    expect(gone.counts?.live).toBe(3);
  });

  test("the info is read and changed, key by key", async () => {
    const { peer, admin } = await startAgent({ info: { name: "a", metadata: { x: "1", y: "2" } } });
    const client = clientOf(admin, protocol);
    const data = Uint8Array.of(0, 255);
    await client.setInfo({
      name: "b",
      metadata: { z: { kind: { case: "data", value: data } } },
      removedKeys: ["x"],
    });
    expect(peer.info).toEqual({ name: "b", metadata: { y: "2", z: data } });
    await client.setInfo({ metadata: { y: { kind: { case: "text", value: "3" } } } });
    const { info, address } = await client.getInfo({});
    expect(address).toBe(peer.address);
    expect(info?.name).toBe("b");
    expect(info?.metadata["y"]?.kind).toEqual({ case: "text", value: "3" });
    expect(info?.metadata["z"]?.kind).toEqual({ case: "data", value: data });
  });

  test("a watcher of members is told the whole list, and then what changes", async () => {
    const { peer, admin } = await startAgent({ name: "a" });
    const stream = clientOf(admin, protocol).watchMembers({})[Symbol.asyncIterator]();
    const { value: whole } = await stream.next();
    expect(whole?.kind).toMatchObject({ case: "snapshot", value: { first: true, last: true } });
    peer.updateInfo({ name: "b" });
    const { value: change } = await stream.next();
    expect(change?.kind).toMatchObject({
      case: "changes",
      value: { members: [{ address: peer.address, info: { name: "b" } }], removed: [] },
    });
    await stream.return?.();
  });

  test("a watcher of events is told what happens", async () => {
    const { peer, admin } = await startAgent({ name: "a" });
    const client = clientOf(admin, protocol);
    peer.updateInfo({ name: "b" });
    const { event } = await firstOf((options) => client.watchEvents({ latest: 10 }, options));
    expect(event?.type).toBe(EventType.UPDATED);
    expect(event?.member?.info?.name).toBe("b");
  });

  test("seeds are added, and of each it is told whether it answered", async () => {
    const [other] = await startCluster(1);
    const { peer, admin } = await startAgent();
    const client = clientOf(admin, protocol);
    const { outcomes } = await client.join({ addresses: [other.address, "nonsense"] });
    expect(outcomes.map(({ address, answered }) => [address, answered])).toEqual([
      [other.address, true],
      ["nonsense", false],
    ]);
    expect(outcomes[1]?.reason).toMatch(/is no host:port to dial/);
    await eventually(() => expect(peer.members().has(other.address)).toBe(true));
  });

  test("a peer leaves when it is told to", async () => {
    const [first, second] = await startCluster(2);
    const admin = await serve(first);
    await clientOf(admin, protocol).leave({});
    await admin.left;
    await eventually(() => expect(second?.members().has(first.address)).toBe(false));
  });

  test("the health and the figures are told", async () => {
    const { peer, admin } = await startAgent();
    const client = clientOf(admin, protocol);
    const health = await client.getHealth({});
    expect(health).toMatchObject({ score: 0, readOnly: false, runtime: process.version });
    expect(health.address).toBe(peer.address);
    expect(health.version).toMatch(/^\d+\.\d+\.\d+/);
    const { figures } = await client.getStats({});
    expect(Object.keys(figures).length).toBeGreaterThan(20);
  });

  test("a member that left is explained, and forgotten", async () => {
    const [first, second] = await startCluster(2);
    const client = clientOf(await serve(first), protocol);
    const address = second?.address ?? "";
    const living = await client.forget({ address }).then(String, ConnectError.from);
    expect(living).toMatchObject({ code: Code.FailedPrecondition });
    await second?.leave();
    await eventually(async () => {
      const { member, steps } = await client.explain({ address });
      expect(member?.status).toBe(MemberStatus.LEFT);
      expect(steps.at(-1)?.text).toMatch(/left/);
    });
    await client.forget({ address });
    expect((await client.listMembers({})).members).toHaveLength(1);
  });

  test("the links are told", async () => {
    const [first, second] = await startCluster(2);
    const client = clientOf(await serve(first), protocol);
    await eventually(async () => {
      const { address, links } = await client.listLinks({});
      expect(address).toBe(first.address);
      expect(links.map((link) => [link.address, link.neighbour])).toEqual([
        [second?.address, true],
      ]);
    });
  });

  test("another member is asked for its links", async () => {
    const [first, second] = await startCluster(2);
    const client = clientOf(await serve(first), protocol);
    const { address, links } = await client.listLinks({ address: second?.address ?? "" });
    expect(address).toBe(second?.address);
    expect(links.map((link) => link.address)).toEqual([first.address]);
    const unknown = await client
      .listLinks({ address: "127.0.0.1:1" })
      .then(String, ConnectError.from);
    expect(unknown).toMatchObject({ code: Code.NotFound });
  });

  test("who reaches whom is told by each", async () => {
    const [first, second] = await startCluster(2);
    const client = clientOf(await serve(first), protocol);
    const seen = new Map<string, readonly string[]>();
    await firstOf(
      (options) => client.watchReach({}, options),
      ({ reach }) => {
        seen.set(
          reach?.address ?? "",
          reach?.reached.filter(({ ok }) => ok).map(({ address }) => address) ?? [],
        );
        return [first, second].every((peer) => seen.get(peer?.address ?? "")?.length === 1);
      },
    );
    expect(seen.get(first.address)).toEqual([second?.address]);
    expect(seen.get(second?.address ?? "")).toEqual([first.address]);
  });

  test("a member that does not answer is told of as such", async () => {
    const { peer, admin } = await startAgent();
    const client = clientOf(admin, protocol);
    const addresses = [peer.address, "127.0.0.1:1"];
    const { reach } = await firstOf(
      (options) => client.watchReach({ addresses }, options),
      ({ reach: told }) => told?.address !== peer.address,
    );
    expect(reach).toMatchObject({ address: "127.0.0.1:1", answered: false, reached: [] });
  });

  test("what is not known is NOT_FOUND, and says what to do", async () => {
    const { admin } = await startAgent();
    const client = clientOf(admin, protocol);
    const failure = ConnectError.from(await client.explain({ address: "x:1" }).catch((e) => e));
    expect(failure.code).toBe(Code.NotFound);
    expect(failure.rawMessage).toMatch(/is no member that this peer knows of/);
  });

  test("actions are refused where the service is read-only, and reads are not", async () => {
    const { peer, admin } = await startAgent({ name: "a" }, { isReadOnly: true });
    const client = clientOf(admin, protocol);
    const actions = [
      () => client.setInfo({ name: "b" }),
      () => client.join({ addresses: ["127.0.0.1:1"] }),
      () => client.leave({}),
      () => client.forget({ address: "127.0.0.1:1" }),
    ];
    for (const act of actions) {
      const failure = ConnectError.from(await act().then(String, (error) => error));
      expect(failure.code).toBe(Code.PermissionDenied);
      expect(failure.rawMessage).toMatch(/read-only/);
    }
    expect(peer.info.name).toBe("a");
    expect((await client.getHealth({})).readOnly).toBe(true);
  });
});
