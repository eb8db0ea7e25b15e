// How an original behaves, as far as the tests of mixed clusters lean on it: an original that does
// better than the real ones would let harm go unnoticed.

import { once } from "node:events";
import { connect } from "node:http2";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { startSilentHost, unusedAddress } from "../support/hosts.js";
import { RawClient } from "../support/raw-client.js";
import {
  decodeRecord,
  encodeRecord,
  type Observation,
  OriginalPeer,
  type OriginalPeerOptions,
} from "./original-peer.js";

test("originals find each other, and see updates and deaths", async () => {
  const first = await start({ name: "first" });
  const second = await start({ name: "second", seeds: [first.addr] });
  const third = await start({ name: "third", seeds: [second.addr] });
  const names = { [first.addr]: "first", [second.addr]: "second", [third.addr]: "third" };
  await eventually(() => expectAllToList([first, second, third], names));

  third.updateSelfInfo({ name: "news" });
  await eventually(() => {
    expectAllToList([first, second, third], { ...names, [third.addr]: "news" });
  });

  await third.stop();
  const { [third.addr]: _gone, ...rest } = names;
  await eventually(() => expectAllToList([first, second], rest));
});

test("its own record begins at version 0, and each write raises it by one", async () => {
  const original = await start();
  original.updateSelfInfo({ name: "one" });
  original.updateSelfInfo({ name: "two" });
  expect(original.written.map(({ version, name }) => [version, name])).toEqual([
    [0, ""],
    [1, "one"],
    [2, "two"],
  ]);
});

test("it takes what is newer, of itself too, and goes on from there", async () => {
  const original = await start({ name: "true" });
  const caller = new RawClient(original.addr);
  await caller.share([{ addr: original.addr, version: 1, name: "no newer" }]);
  expect(original.getMembers().get(original.addr)).toBe("true");

  await caller.share([{ addr: original.addr, version: 2 ** 31 - 1, name: "forged" }]);
  expect(original.getMembers().get(original.addr)).toBe("forged");
  original.updateSelfInfo({ name: "true again" });
  expect(original.written.at(-1)).toMatchObject({ version: -(2 ** 31), name: "true again" });
});

test("an address that does not answer stays, is passed on and is never dialled", async () => {
  const original = await start();
  const ghost = await unusedAddress();
  const { records } = await new RawClient(original.addr).share([{ addr: ghost, name: "ghost" }]);
  expect(records).toContainEqual(expect.objectContaining({ addr: ghost, name: "ghost" }));
  expect(original.dialled).toEqual([]);
});

test("an address that answers is reset, and dialled from then on", async () => {
  const peer = await start({ name: "peer" });
  const original = await start({ pingPeriodMs: 3_600_000 });
  const told = { addr: peer.addr, version: 9, name: "what others say" };
  const { records } = await new RawClient(original.addr).share([told]);
  expect(records).toContainEqual(
    expect.objectContaining({ addr: peer.addr, version: 0, name: "" }),
  );
  expect(original.dialled).toEqual([peer.addr]);
});

test("it pings one unknown address after another, and its caller waits", async () => {
  const pinged: string[] = [];
  const original = await start({
    connectTimeoutMs: 200,
    observe: (observation) => {
      if (observation.kind === "ping") pinged.push(observation.dialled);
    },
  });
  const { address: silent } = await startSilentHost();
  const refusing = await unusedAddress();
  const { records } = await new RawClient(original.addr).share(
    [silent, refusing].map((addr) => ({ addr, version: 1 })),
  );
  expect(pinged).toEqual([silent, refusing]);
  expect(records).toHaveLength(3);
});

test("one exchange that hangs holds up all its others, but not its answers", async () => {
  const exchanges = { original: 0, hanging: 0 };
  const count = (who: keyof typeof exchanges) => (observation: Observation) => {
    if (observation.kind === "exchange") exchanges[who] += 1;
  };
  const beforeAnswer = () => new Promise<void>(() => {});
  const hanging = await start({ beforeAnswer, observe: count("hanging") });
  const other = await start();
  const original = await start({ seeds: [other.addr], observe: count("original") });
  await eventually(() => expect(exchanges.original).toBeGreaterThan(5));

  await original.addSeed(hanging.addr);
  await eventually(() => expect(original.dialled.at(-1)).toBe(hanging.addr));
  const before = { ...exchanges };
  await hanging.addSeed(original.addr);
  await eventually(() => expect(exchanges.hanging).toBeGreaterThan(before.hanging + 10));
  expect(exchanges.original).toBe(before.original);
});

test("whom it deleted it does not pass on, nor dial, unless it is told as a seed", async () => {
  const listen = await unusedAddress();
  const peer = await start({ name: "peer", listen });
  const original = await start({ name: "original", seeds: [listen] });
  await eventually(() =>
    expectAllToList([original], { [listen]: "peer", [original.addr]: "original" }),
  );
  await peer.stop();
  await eventually(() => expect(original.dialled).toEqual([]));
  expect(original.getRecords()).toContainEqual(
    expect.objectContaining({ addr: listen, version: 2, deleted: true }),
  );

  const back = await eventually(() => start({ name: "back", listen, seeds: [original.addr] }));
  await eventually(() => expect(back.getMembers().size).toBe(2));
  expectAllToList([original], { [original.addr]: "original" });

  await original.addSeed(listen);
  await eventually(() =>
    expectAllToList([original], { [listen]: "back", [original.addr]: "original" }),
  );
});

test("it keeps what it does not understand in a record, and passes it on", () => {
  const unknown = Buffer.from("2a03616263", "hex");
  const record = { addr: "127.0.0.1:1", version: -7, deleted: true, name: "näme" };
  const bytes = Buffer.concat([encodeRecord({ ...record, unknown: Buffer.alloc(0) }), unknown]);
  expect(decodeRecord(bytes)).toEqual({ ...record, unknown });
  expect(encodeRecord(decodeRecord(bytes))).toEqual(bytes);
});

test("it closes a connection that sends keepalive pings often", async () => {
  const original = await start();
  const session = connect(`http://${original.addr}`);
  onTestFinished(() => session.destroy());
  session.on("error", () => {});
  await once(session, "connect");
  const closed = once(session, "goaway");
  for (let count = 0; count < 4; count += 1) session.ping(() => {});
  const [code, , reason] = await closed;
  expect([code, String(reason)]).toEqual([11, "too_many_pings"]);
});

async function start(options: OriginalPeerOptions = {}): Promise<OriginalPeer> {
  const original = await OriginalPeer.start({ pingPeriodMs: 20, ...options });
  onTestFinished(() => original.stop());
  return original;
}

function expectAllToList(originals: readonly OriginalPeer[], names: Record<string, string>): void {
  for (const original of originals) {
    expect(Object.fromEntries(original.getMembers())).toEqual(names);
  }
}
