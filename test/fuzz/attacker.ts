// Run as a process of its own, so that what an attack costs is not taken from those who watch: makes the
// attacks that it is told to.

import { seededRandom } from "../support/seeded-random.js";
import { ATTACKS, type AttackName } from "./attacks.js";

/** An attack to make. */
export interface Order {
  readonly attack: AttackName;
  readonly port: number;
  readonly seed: number;
}

process.on("message", ({ attack, port, seed }: Order) => {
  void ATTACKS[attack](port, seededRandom(seed)).then(() => process.send?.("done"));
});
process.on("disconnect", () => process.exit());
