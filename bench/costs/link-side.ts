// What one worker of the cost benchmark does with links: it holds those that it opened or that were
// opened to it, sends lone frames on them, and takes in those that come.

import { setTimeout } from "node:timers/promises";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Frame } from "../../src/core/native/frames.js";
import type { RejectionCounter } from "../../src/core/rejection.js";
import type { Link, LinkListener, LinkService, Transport } from "../../src/transport/transport.js";
import { LINK_METHOD, NativeCodec } from "../../src/wire/native-dialect.js";

const TIMEOUT_MS = 10_000;
/** The most frequent frame of peers: some 40 bytes with its gRPC header. */
const FRAME: Frame = {
  type: "probe",
  seq: 1_000,
  fingerprint: { lanes: [0x1234_5678, 0x9abc_def0, 0xfedc_ba98, 0x7654_3210], count: 100 },
};

/** The links of one worker. */
export class LinkSide {
  readonly service: LinkService = { method: LINK_METHOD, onLink: (link) => this.#onLink(link) };
  readonly #codec = new NativeCodec(DEFAULT_LIMITS);
  readonly #rejections: RejectionCounter;
  readonly #links: Link[] = [];

  constructor(rejections: RejectionCounter) {
    this.#rejections = rejections;
  }

  /** Opens a link; resolves once the other side has said something on it. */
  open(transport: Transport, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = { address, method: LINK_METHOD, timeoutMs: TIMEOUT_MS };
      const onFrame = (frame: Uint8Array): void => {
        this.#decode(frame);
        resolve();
      };
      const onEnd: LinkListener["onEnd"] = (end) => reject(new Error(`a link ended: ${end.type}`));
      this.#links.push(transport.openLink(request, { onFrame, onDrained: () => {}, onEnd }));
    });
  }

  /**
   * Sends frames at this pace, each on a turn of its own and on the links in turn; or does not,
   * which shows what the pace alone costs.
   */
  async send(frames: number, everyMs: number, isMute: boolean): Promise<void> {
    for (let count = 0; count < frames; count += 1) {
      await setTimeout(everyMs);
      if (!isMute) this.#links[count % this.#links.length]?.send(this.#codec.encode(FRAME));
    }
  }

  #onLink(link: Link): LinkListener {
    this.#links.push(link);
    setImmediate(() => link.send(this.#codec.encode(FRAME)));
    return { onFrame: (frame) => this.#decode(frame), onDrained: () => {}, onEnd: () => {} };
  }

  #decode(frame: Uint8Array): void {
    if (this.#codec.decode(frame, this.#rejections) === undefined) throw new Error("no frame");
  }
}
