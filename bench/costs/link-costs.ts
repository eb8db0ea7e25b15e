// What links cost: a lone frame, sent and received on a turn of its own, and a knock.

import { type Cpu, medianCpu, type Pair } from "./pair.js";

/** On as many links as a peer of a large cluster has, each with a frame every 16 ms. */
const LINKS = 8;
const EVERY_MS = 2;
const FRAMES = 1_000;
const KNOCKS = 300;

/** CPU of one frame. */
export interface FrameCosts {
  readonly sendMs: number;
  readonly receiveMs: number;
}

/**
 * CPU of a frame, as the mean of both ways, since a stream costs its two ends differently. Without
 * what the timers cost by which it is sent.
 */
export async function measureFrames(pair: Pair, repetitions: number): Promise<FrameCosts> {
  const address = (await pair.called.ask({ type: "listen-links" })).addresses?.[0] ?? "";
  await pair.caller.ask({ type: "open-links", address, links: LINKS });
  const forward: Cpu[] = [];
  const backward: Cpu[] = [];
  const frames = { type: "frames", frames: FRAMES, everyMs: EVERY_MS } as const;
  // The first round warms up.
  for (let round = 0; round <= repetitions; round += 1) {
    const measure = (side: "caller" | "called", isMute: boolean): Promise<Cpu> =>
      pair.measure(() => pair[side].ask({ ...frames, isMute }), FRAMES);
    const there = lessOf(await measure("caller", false), await measure("caller", true));
    const back = lessOf(await measure("called", false), await measure("called", true));
    if (round === 0) continue;
    forward.push(there);
    backward.push(back);
  }
  const there = medianCpu(forward);
  const back = medianCpu(backward);
  console.log("\nCPU of a lone frame in ms, there and back:");
  console.table({ there, back });
  return { sendMs: (there.caller + back.called) / 2, receiveMs: (there.called + back.caller) / 2 };
}

/** CPU of a knock at the port of a peer, as the mean of both sides. */
export async function measureKnocks(
  pair: Pair,
  repetitions: number,
  address: string,
): Promise<number> {
  const knock = { type: "knock", address, knocks: KNOCKS } as const;
  const measured: Cpu[] = [];
  for (let round = 0; round <= repetitions; round += 1) {
    const cpu = await pair.measure(() => pair.caller.ask(knock), KNOCKS);
    if (round > 0) measured.push(cpu);
  }
  const { caller, called } = medianCpu(measured);
  console.log("\nCPU of a knock in ms:", { caller, called });
  return (caller + called) / 2;
}

function lessOf(cpu: Cpu, than: Cpu): Cpu {
  return { caller: cpu.caller - than.caller, called: cpu.called - than.called };
}
