// What the cost benchmark and its two worker processes say to each other.

/** What a call of the benchmark carries. */
export interface Load {
  /** Records that the caller sends. */
  readonly sent: number;
  /** Records that it is answered with. */
  readonly answered: number;
  /** The length of each record's name. */
  readonly nameBytes: number;
}

/** What a worker is asked to do. Each request has one answer. */
export type WorkerRequest =
  /** Listen on so many ports of loopback, and answer calls with records. */
  | { readonly type: "listen"; readonly ports: number }
  /** What the calls from now on are answered with. */
  | { readonly type: "load"; readonly load: Load }
  /** Make so many calls, one after another, at each of the addresses in turn. */
  | {
      readonly type: "call";
      readonly addresses: readonly string[];
      readonly calls: number;
      readonly maxConnections: number;
    }
  /** Start a peer that lists so many members, and takes part in exchanges as any does. */
  | { readonly type: "peer"; readonly members: number }
  /** Begin exchanges of the peer with so many members with another, with a pause after each. */
  | {
      readonly type: "exchange";
      readonly members: number;
      readonly address: string;
      readonly exchanges: number;
      readonly pauseMs: number;
    }
  /** Listen for links at one port of loopback. */
  | { readonly type: "listen-links" }
  /** Open so many links. */
  | { readonly type: "open-links"; readonly address: string; readonly links: number }
  /** Send lone frames on the links, at this pace; or only keep the pace. */
  | {
      readonly type: "frames";
      readonly frames: number;
      readonly everyMs: number;
      readonly isMute: boolean;
    }
  /** Knock so many times, one after another. */
  | { readonly type: "knock"; readonly address: string; readonly knocks: number }
  /** Tell the CPU time spent so far. */
  | { readonly type: "cpu" };

/** What a worker answers. */
export interface WorkerAnswer {
  readonly addresses?: readonly string[];
  readonly cpuMs: number;
}
