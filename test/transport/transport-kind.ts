// What the conformance suite needs of a kind of transport.

import type { Transport } from "../../src/transport/transport.js";

/** A network on which the transports of one test meet. */
interface TestNetwork {
  createTransport(): Transport;
  /** An address that takes calls and never says a word. */
  silentAddress(): Promise<string>;
  /** An address that nothing comes back from, not even that it can be connected to. */
  vanishedAddress(): Promise<string>;
  /** An address that nobody listens at. */
  unusedAddress(): Promise<string>;
}

/** A kind of transport. */
export interface TransportKind {
  readonly name: string;
  /** The hosts that can be listened on, as they stand in an address. */
  readonly hosts: readonly string[];
  /** Makes the network of one test. */
  readonly createNetwork: () => TestNetwork;
}
