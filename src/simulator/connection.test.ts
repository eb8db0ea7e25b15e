// A simulated TCP connection: what a dial takes and how it fails, and that all that is sent arrives
// in order, late where packets are lost, for as long as the connection is there.

import { describe, expect, test } from "vitest";
import {
  BareWorld,
  type BareWorldOptions,
  Notes,
  TEN_MS,
} from "../../test/simulator/bare-world.js";
import { Connection } from "./connection.js";
import type { Host } from "./host.js";

interface Scene {
  readonly world: BareWorld;
  readonly notes: Notes;
  readonly from: Host;
  readonly to: Host;
  readonly connection: Connection;
}

/** Two hosts, and a connection that has not been dialled. */
function scene(options: BareWorldOptions = {}): Scene {
  const world = new BareWorld(options);
  const notes = new Notes(world);
  const from = world.host();
  const to = world.host();
  const connection = new Connection(world.world, from, to);
  connection.onEnd((end) => notes.note(end));
  return { world, notes, from, to, connection };
}

/** Dials, and notes when each side has the connection. */
function dial({ notes, to, connection }: Scene): void {
  connection.whenReady(notes.noting("ready"));
  connection.dial(() => {
    to.inbound.add(connection);
    notes.note("accepted");
  });
}

/** A connection that is there. */
function connected(options: BareWorldOptions = {}): Scene {
  const made = scene(options);
  dial(made);
  made.world.advance(100);
  made.notes.all.length = 0;
  return made;
}

describe("a dial", () => {
  test("takes one round trip", () => {
    const made = scene();
    dial(made);
    made.world.advance(1_000);
    expect(made.notes.all).toEqual([
      [10, "accepted"],
      [20, "ready"],
    ]);
  });

  test("takes two round trips more with encryption", () => {
    const made = scene({ network: { ...TEN_MS, tls: true } });
    dial(made);
    made.world.advance(1_000);
    expect(made.notes.all).toEqual([
      [10, "accepted"],
      [60, "ready"],
    ]);
  });

  test("of a host without a process is refused by it within a round trip", () => {
    const made = scene();
    made.to.endProcess();
    dial(made);
    made.world.advance(10_000);
    expect(made.notes.all).toEqual([[20, "refused"]]);
  });

  test("of a host that has vanished is never answered", () => {
    const made = scene();
    made.to.isUp = false;
    dial(made);
    made.world.advance(100_000);
    expect(made.notes.all).toEqual([]);
    expect(made.connection.isEnded).toBe(false);
  });

  test.each([
    ["there", true],
    ["back", false],
  ])("is repeated after 1 s, 2 s and 4 s while the way %s is cut", (_way, isThere) => {
    const made = scene();
    const { world, from, to } = made;
    world.network.cut([isThere ? from : to], [isThere ? to : from]);
    dial(made);
    world.advance(3_500);
    world.network.heal();
    world.advance(10_000);
    // Dialled at 0 s, 1 s and 3 s in vain; that of 7 s gets through. When the way back is cut, it is
    // the answer that is lost, 10 ms later.
    const late = isThere ? 0 : 3 * 10;
    expect(made.notes.all).toEqual([
      [7_010 + late, "accepted"],
      [7_020 + late, "ready"],
    ]);
  });

  test("is refused by a firewall on one side, and goes through from the other", () => {
    const made = scene();
    const { world, from, to } = made;
    world.network.refuse([from], [to]);
    dial(made);
    const back = new Connection(world.world, to, from);
    back.whenReady(made.notes.noting("ready the other way"));
    back.dial(() => {});
    world.advance(10_000);
    expect(made.notes.all).toEqual([
      [20, "refused"],
      [20, "ready the other way"],
    ]);
  });

  test("that its process has not lived to see the end of is of no effect", () => {
    const made = scene();
    dial(made);
    made.world.advance(15);
    made.from.endProcess();
    made.from.startProcess();
    made.world.advance(1_000);
    expect(made.notes.all).toEqual([[10, "accepted"]]);
  });

  test("of a paused process is answered by its machine", () => {
    const made = scene();
    made.to.pause();
    dial(made);
    made.world.advance(1_000);
    expect(made.notes.all).toEqual([[20, "ready"]]);
  });
});

describe("what is sent", () => {
  test("arrives in the order in which it was sent, whatever the jitter", () => {
    const { world, connection } = connected({
      network: { latency: { oneWayMs: 1, jitterMs: 50 }, lossRate: 0.2 },
    });
    const arrived: number[] = [];
    const sent = Array.from({ length: 300 }, (_, number) => number);
    for (const number of sent) {
      connection.forward.send(100, () => arrived.push(number));
      world.advance(1);
    }
    world.advance(600_000);
    expect(arrived).toEqual(sent);
  });

  test("is sent again after 0.2, 0.4 and 0.8 s while it gets lost", () => {
    const { world, notes, from, to, connection } = connected();
    world.network.cut([from], [to]);
    connection.forward.send(100, notes.noting("arrived"));
    // In vain at 0 s, 0.2 s and 0.6 s from here.
    world.advance(700);
    world.network.heal();
    world.advance(10_000);
    expect(notes.all).toEqual([[100 + 1_400 + 10, "arrived"]]);
  });

  test("waits behind what is sent again, which the acknowledgement of it hastens", () => {
    const { world, notes, from, to, connection } = connected();
    world.network.cut([from], [to]);
    connection.forward.send(100, notes.noting("first"));
    world.advance(50);
    world.network.heal();
    connection.forward.send(100, notes.noting("second"));
    world.advance(10_000);
    // The second arrives at 160 and is acknowledged at 170; else the first would be sent at 300.
    expect(notes.all.map(([atMs, what]) => [Math.round(atMs), what])).toEqual([
      [180, "first"],
      [180, "second"],
    ]);
  });

  test("is not hastened by what was sent before it", () => {
    const { world, notes, from, to, connection } = connected();
    connection.forward.send(100, notes.noting("first"));
    world.network.cut([from], [to]);
    connection.forward.send(100, notes.noting("second"));
    world.advance(50);
    world.network.heal();
    world.advance(10_000);
    expect(notes.all.map(([atMs, what]) => [Math.round(atMs), what])).toEqual([
      [110, "first"],
      [310, "second"],
    ]);
  });

  test("does not wait for what is sent again the other way, or on another connection", () => {
    const { world, notes, from, to, connection } = connected();
    const other = world.host();
    const second = new Connection(world.world, from, other);
    second.dial(() => {});
    world.advance(100);
    world.network.cut([from], [to]);
    connection.forward.send(100, notes.noting("lost at first"));
    connection.backward.send(100, notes.noting("the other way"));
    second.forward.send(100, notes.noting("on another connection"));
    world.advance(100);
    expect(notes.all.map(([, what]) => what)).toEqual(["the other way", "on another connection"]);
  });

  test("takes the time that the sender's network card needs, one message after the other", () => {
    const { world, notes, from, connection } = connected({
      network: { ...TEN_MS, bytesPerMs: 1_000 },
    });
    connection.forward.send(50_000, notes.noting("first"));
    connection.forward.send(50_000, notes.noting("second"));
    world.advance(1_000);
    expect(notes.all).toEqual([
      [160, "first"],
      [210, "second"],
    ]);
    expect(from.counters.bytesSent).toBe(100_000);
  });

  test("is counted at the receiver once it has arrived", () => {
    const { world, from, to, connection } = connected();
    world.network.cut([from], [to]);
    connection.forward.send(100, () => {});
    world.advance(100);
    expect(to.counters.bytesReceived).toBe(0);
    world.network.heal();
    world.advance(1_000);
    expect(to.counters.bytesReceived).toBe(100);
  });
});

describe("the end of a connection", () => {
  test("is a reset when the other process crashes", () => {
    const { world, notes, to } = connected();
    world.crash(to);
    world.advance(10_000);
    expect(notes.all).toEqual([[110, "reset"]]);
  });

  test("is not noticed when the other machine vanishes", () => {
    const { world, notes, to, connection } = connected();
    to.isUp = false;
    world.crash(to);
    connection.forward.send(100, notes.noting("arrived"));
    world.advance(600_000);
    expect(notes.all).toEqual([]);
    expect(connection.isEnded).toBe(false);
  });

  test("is not noticed when the other process crashes behind a cut", () => {
    const { world, notes, from, to, connection } = connected();
    world.network.cut([to], [from]);
    world.crash(to);
    world.advance(10_000);
    expect(notes.all).toEqual([]);
    expect(connection.isAnswered).toBe(false);
  });

  test("lets nothing arrive that was on its way", () => {
    const { world, notes, connection } = connected();
    connection.forward.send(100, notes.noting("arrived"));
    connection.end("closed");
    world.advance(10_000);
    expect(notes.all).toEqual([[100, "closed"]]);
  });

  test("comes once", () => {
    const { notes, connection } = connected();
    connection.end("reset");
    connection.end("closed");
    expect(notes.all).toEqual([[100, "reset"]]);
  });

  test("is not told to who no longer wants to know", () => {
    const { notes, connection } = connected();
    const forget = connection.onEnd(notes.noting("told"));
    forget();
    connection.end("closed");
    expect(notes.all).toEqual([[100, "closed"]]);
  });
});
