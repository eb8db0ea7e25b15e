// What things cost on the real transport. The figures come from `npm run bench:costs`, which measures
// them on gRPC over loopback and writes this table; the simulator charges each peer by it.

/** CPU time and bytes of the real transport, for one side of each. */
export interface Costs {
  /** CPU of the side that dials, for one connection, in milliseconds. */
  readonly dialMs: number;
  /** CPU of the side that is dialled. */
  readonly acceptMs: number;
  /** CPU of making a call, without its messages. */
  readonly callMs: number;
  /** CPU of answering a call, without its messages. */
  readonly serveMs: number;
  /** CPU of sending one message of a call that we make. */
  readonly sendMessageMs: number;
  /** CPU of sending one message of an answer. */
  readonly answerMessageMs: number;
  /** CPU of receiving one message. */
  readonly receiveMessageMs: number;
  /** CPU of sending one frame on a link, on a turn of its own. */
  readonly frameSendMs: number;
  /** CPU of receiving one. */
  readonly frameReceiveMs: number;
  /** CPU of one side of a connection that is made and closed without a word. */
  readonly knockMs: number;
  /** CPU of each kilobyte (1,000 bytes) sent or received. */
  readonly kilobyteMs: number;
  /** HTTP/2 bytes of a new connection, each way. */
  readonly dialBytes: number;
  /** HTTP/2 bytes of a call each way, without its messages. */
  readonly callBytes: number;
  /** HTTP/2 bytes of a message beyond its own. */
  readonly messageBytes: number;
}

// --- written by `npm run bench:costs -- --write` ---
// 2 x Intel(R) Xeon(R) Processor, Node v20.20.2, 2026-11-23
export const MEASURED_COSTS: Costs = {
  dialMs: 1.47,
  acceptMs: 0.591,
  callMs: 0.729,
  serveMs: 0.441,
  sendMessageMs: 0.0112,
  answerMessageMs: 0.0081,
  receiveMessageMs: 0.00868,
  frameSendMs: 0.116,
  frameReceiveMs: 0.138,
  knockMs: 0.0953,
  kilobyteMs: 0.00344,
  dialBytes: 112,
  callBytes: 30,
  messageBytes: 13.6,
};
// --- end of what is written ---
