// What the truth test and its worker processes say to each other.

/** What a worker is asked to do. */
export type WorkerRequest =
  | { readonly type: "start"; readonly index: number; readonly seeds: readonly string[] }
  | { readonly type: "update"; readonly index: number; readonly name: string }
  /** Stop a peer without a word, as a crash. */
  | { readonly type: "stop"; readonly index: number };

/** What a worker tells; times are of the system's clock, in fractions of a millisecond. */
export type WorkerReport =
  | { readonly type: "ready" }
  | {
      readonly type: "done";
      readonly index: number;
      readonly address: string;
      readonly atMs: number;
    }
  /** What a peer lists changed: by which name it lists that member now; undefined for not at all. */
  | {
      readonly type: "listed";
      readonly index: number;
      readonly address: string;
      readonly name: string | undefined;
      readonly atMs: number;
    };
