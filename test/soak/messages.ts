// What the soak asks of its worker processes, and what these answer. Times are of the system's clock,
// in milliseconds.

/** What happens to a peer in the churn: a goodbye, a crash, or a crash and a restart at once. */
export type Departure = "leave" | "stop" | "restart";

/** What a worker is asked to do. */
export type WorkerRequest =
  | { readonly type: "start"; readonly id: number; readonly seeds: readonly string[] }
  | {
      readonly type: "replace";
      readonly id: number;
      readonly departure: Departure;
      readonly seeds: readonly string[];
    }
  | { readonly type: "update"; readonly id: number }
  /** Those at these addresses are about to go: whoever finds that they are gone is right. */
  | { readonly type: "excuse"; readonly address: string; readonly untilMs: number }
  | { readonly type: "sample" }
  /** What each peer lists, and what it last heard of each. */
  | { readonly type: "list" }
  | { readonly type: "stop" };

/** What a worker process holds at one moment. */
export interface Sample {
  /** Of the heap after a collection, and of what it holds outside, in bytes. */
  readonly memoryBytes: number;
  readonly residentBytes: number;
  /** Open files and sockets. */
  readonly handles: number;
  /** What is in the bounded queues, by name, of all its peers together. */
  readonly queues: Readonly<Record<string, number>>;
  /** Members that are gone and remembered, of all its peers together. */
  readonly goneMembers: number;
  readonly suspicions: number;
}

/** What one peer lists: the number of the latest update that it has of each address. */
export interface PeerList {
  readonly address: string;
  readonly updates: Readonly<Record<string, number>>;
}

/** A member that was said to be gone, and was not. */
export interface FalseFailure {
  readonly by: string;
  readonly of: string;
  readonly what: string;
  readonly atMs: number;
}

/** What a worker tells. */
export type WorkerReport =
  | { readonly type: "ready" }
  | { readonly type: "started"; readonly id: number; readonly address: string }
  | { readonly type: "excused" }
  | { readonly type: "sample"; readonly sample: Sample }
  | {
      readonly type: "list";
      readonly lists: readonly PeerList[];
      /** How many updates came in time spans of so many milliseconds: by the exponent of 2. */
      readonly delays: readonly number[];
      /** Updates that were overtaken by a later one of the same peer. */
      readonly overtaken: number;
      readonly eventsDropped: number;
    }
  | { readonly type: "false-failure"; readonly failure: FalseFailure }
  | { readonly type: "stopped" };
