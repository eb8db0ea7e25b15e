// Whether an original of a simulation has come to harm by ours, whichever protocol these speak.

import type { SimOriginal } from "../original.js";
import type { Simulator } from "../simulator.js";

/** How ours harmed an original: it takes another's word for its own, or keeps a ghost. */
export function* harmDone(sim: Simulator, original: SimOriginal): Generator<string> {
  const { address, name, ownRecord } = original;
  if (ownRecord !== undefined && ownRecord.name !== name) {
    yield `${address} took "${ownRecord.name}" for its own name, which is "${name}"`;
  }
  for (const listed of original.listed()) {
    if (sim.processAt(listed) === undefined) yield `${address} lists ${listed}, which is a ghost`;
  }
}
