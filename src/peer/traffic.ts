// What went over the links of a peer, by the kind of frame.

/** The kinds of frames of the native protocol. */
export type FrameKind =
  | "hello"
  | "probe"
  | "probe-answer"
  | "symbols-request"
  | "symbols"
  | "records-request"
  | "records"
  | "rumors"
  | "ask"
  | "evidence"
  | "goodbye"
  | "links-request"
  | "links";

/** A count for each kind of frame. */
export type FrameCounts = Record<FrameKind, number>;

/** Counts frames and their bytes, both ways. */
export class Traffic {
  readonly framesIn = newFrameCounts();
  readonly framesOut = newFrameCounts();
  readonly bytesIn = newFrameCounts();
  readonly bytesOut = newFrameCounts();

  onReceived(kind: FrameKind, bytes: number): void {
    this.framesIn[kind] += 1;
    this.bytesIn[kind] += bytes;
  }

  onSent(kind: FrameKind, bytes: number): void {
    this.framesOut[kind] += 1;
    this.bytesOut[kind] += bytes;
  }

  /** Copies of the counts. */
  get figures() {
    return {
      framesIn: { ...this.framesIn },
      framesOut: { ...this.framesOut },
      bytesIn: { ...this.bytesIn },
      bytesOut: { ...this.bytesOut },
    };
  }
}

function newFrameCounts(): FrameCounts {
  return {
    hello: 0,
    probe: 0,
    "probe-answer": 0,
    "symbols-request": 0,
    symbols: 0,
    "records-request": 0,
    records: 0,
    rumors: 0,
    ask: 0,
    evidence: 0,
    goodbye: 0,
    "links-request": 0,
    links: 0,
  };
}
