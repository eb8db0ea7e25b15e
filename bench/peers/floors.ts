// The floors: what a message costs both sides together on a link of ours, on a raw HTTP/2 stream and
// as a UDP datagram, in turns in the same run.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../costs/fit.js";
import { atEnd } from "./cleanup.js";
import type { Carrier, FloorAnswer, FloorRequest } from "./floor-messages.js";

const SIDE_FILE = fileURLToPath(new URL("floor-side.ts", import.meta.url));
const CARRIERS = ["link", "http2", "udp"] as const satisfies readonly Carrier[];
/** As many links as a peer of a large cluster has. */
const WAYS = 8;
const EVERY_MS = 2;
const MESSAGES = 600;

/** CPU of a message, both sides together, in milliseconds. */
export type FloorCosts = Readonly<Record<Carrier, number>>;

/** Measures all of them in turns, so that what else the machine does weighs on all alike. */
export async function measureFloors(repetitions: number): Promise<FloorCosts> {
  const pairs = CARRIERS.map((carrier) => new Pair(carrier));
  try {
    for (const pair of pairs) await pair.open();
    // The first round warms up.
    for (let round = 0; round <= repetitions; round += 1) {
      for (const pair of pairs) await pair.measure(round > 0);
    }
    const [link = Number.NaN, http2 = Number.NaN, udp = Number.NaN] = pairs.map(({ cost }) => cost);
    return { link, http2, udp };
  } finally {
    for (const pair of pairs) pair.kill();
  }
}

/** Two processes, of which one sends to the other. */
class Pair {
  readonly #carrier: Carrier;
  readonly #sender = new Side();
  readonly #receiver = new Side();
  readonly #costs: number[] = [];

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  get cost(): number {
    return median(this.#costs);
  }

  async open(): Promise<void> {
    const carrier = this.#carrier;
    const { port } = await this.#receiver.ask({ type: "listen", carrier });
    for (let way = 0; way < WAYS; way += 1) {
      await this.#sender.ask({ type: "open", carrier, port });
    }
  }

  async measure(counts: boolean): Promise<void> {
    const sent = await this.#spent(false);
    const mute = await this.#spent(true);
    if (counts) this.#costs.push((sent - mute) / MESSAGES);
  }

  kill(): void {
    this.#sender.kill();
    this.#receiver.kill();
  }

  async #spent(isMute: boolean): Promise<number> {
    const before = await this.#cpuMs();
    await this.#sender.ask({ type: "send", messages: MESSAGES, everyMs: EVERY_MS, isMute });
    return (await this.#cpuMs()) - before;
  }

  async #cpuMs(): Promise<number> {
    const sender = await this.#sender.ask({ type: "cpu" });
    const receiver = await this.#receiver.ask({ type: "cpu" });
    return sender.cpuMs + receiver.cpuMs;
  }
}

class Side {
  readonly #child: ChildProcess = fork(SIDE_FILE);
  readonly #end = atEnd(() => this.#child.kill("SIGKILL"));

  ask(request: FloorRequest): Promise<FloorAnswer> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error(`a side ended during ${request.type}`));
      this.#child.once("exit", onExit);
      this.#child.once("message", (answer: FloorAnswer) => {
        this.#child.off("exit", onExit);
        resolve(answer);
      });
      this.#child.send(request);
    });
  }

  kill(): void {
    this.#end();
  }
}
