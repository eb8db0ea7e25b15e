// What the measurement of the floors and its processes say to each other.

/** What carries a message: a link of ours, a raw stream of node:http2, or UDP. */
export type Carrier = "link" | "http2" | "udp";

/** What a side is asked to do. Each request has one answer. */
export type FloorRequest =
  /** Receive messages, at a port of loopback. */
  | { readonly type: "listen"; readonly carrier: Carrier }
  /** Open one more way to that port. */
  | { readonly type: "open"; readonly carrier: Carrier; readonly port: number }
  /** Send messages at this pace; or only keep the pace. */
  | {
      readonly type: "send";
      readonly messages: number;
      readonly everyMs: number;
      readonly isMute: boolean;
    }
  /** Tell the CPU time spent so far. */
  | { readonly type: "cpu" };

/** What a side answers. */
export interface FloorAnswer {
  readonly port: number;
  readonly cpuMs: number;
}
