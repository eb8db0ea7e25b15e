// A crowd of members that a peer lists and links to: it answers each probe at once, and some of it
// changes all the time. It is no network: the peer's own work, and its admin service's, is what is
// measured.

import type { Frame } from "../../src/core/native/frames.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { firstRecord, wholeRecord, writeInfo } from "../../src/core/native/own-member.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import type {
  Link,
  LinkListener,
  LinkRequest,
  ListenOptions,
  Transport,
} from "../../src/transport/transport.js";
import type { NativeCodec } from "../../src/wire/native-dialect.js";

const GENERATION = 1_000_000;

/** The members, and the transport by which they are reached. */
export class Crowd implements Transport {
  readonly records: MemberRecord[];
  readonly #codec: NativeCodec;
  readonly #rejections = new RejectionCounter();
  /** The links that a peer has opened, by the address that it dialled. */
  readonly #links = new Map<string, LinkListener>();
  #changed = 0;

  constructor(count: number, codec: NativeCodec) {
    this.#codec = codec;
    this.records = Array.from({ length: count }, (_, index) => {
      const info = { name: `member-${index}`, metadata: { zone: `zone-${index % 3}` } };
      return firstRecord(`10.1.${index >> 8}.${index & 255}:7946`, info, GENERATION, 1_000);
    });
  }

  get connectionCount(): number {
    return this.#links.size;
  }

  /** One member after another changes its name; the news comes by one that is linked. */
  change(): void {
    const index = this.#changed % this.records.length;
    const record = this.records[index];
    const [listener] = this.#links.values();
    if (record === undefined || listener === undefined) return;
    this.#changed += 1;
    const written = writeInfo(record, { name: `member-${index} (${this.#changed})` });
    this.records[index] = written.record;
    this.#send(listener, {
      type: "rumors",
      records: [wholeRecord(written.record)],
      first: false,
      accusing: false,
    });
  }

  openLink({ address }: LinkRequest, listener: LinkListener): Link {
    setImmediate(() => {
      this.#links.set(address, listener);
      this.#send(listener, {
        type: "hello",
        cluster: "",
        address,
        generation: GENERATION,
        minVersion: 1,
        maxVersion: 1,
        originals: [],
        clock: 0,
      });
    });
    const end = () => {
      this.#links.delete(address);
    };
    return {
      send: (bytes) => this.#onFrame(listener, bytes),
      unsentBytes: 0,
      close: end,
      refuse: end,
    };
  }

  listen(_options: ListenOptions): Promise<number> {
    return Promise.resolve(7_946);
  }

  call(): void {
    // Nobody here speaks the seed dialect.
  }

  knock(): void {
    // Nobody here refuses a connection.
  }

  close(): Promise<void> {
    this.#links.clear();
    return Promise.resolve();
  }

  #onFrame(listener: LinkListener, bytes: Uint8Array): void {
    const frame = this.#codec.decode(Uint8Array.from(bytes), this.#rejections);
    if (frame?.type !== "probe") return;
    const answer = { type: "probe-answer", seq: frame.seq, comparison: { type: "same" } } as const;
    setImmediate(() => this.#send(listener, answer));
  }

  #send(listener: LinkListener, frame: Frame): void {
    listener.onFrame(Uint8Array.from(this.#codec.encode(frame)));
  }
}
