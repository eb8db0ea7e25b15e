// `gossip/simulator`: clusters in virtual time, for tests of this package and of applications.

export type { Costs } from "./costs.js";
export type { Latency, NetworkOptions } from "./network.js";
export { SimOriginal } from "./original.js";
export { SimPeer } from "./sim-peer.js";
export {
  type SimProcess,
  Simulator,
  type SimulatorOptions,
  type StepObserver,
} from "./simulator.js";
