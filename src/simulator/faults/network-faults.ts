// Faults of the network: who cannot reach whom, what is lost, refused, reset, forgotten, or slow.

import type { SimProcess } from "../simulator.js";
import { type FaultKindSpec, firstOf, groupOf, type PlannedFault, type Stage } from "./fault.js";

/** A narrow line, in bytes a millisecond: from a modem's 56 kbit/s to 8 Mbit/s. */
const NARROWEST = 7;
const WIDEST = 1_000;

/** Ping periods that an islet is an island first, at most. */
const ISLET_ALONE_PERIODS = 12;

/** Everyone but those. */
function othersOf({ sim }: Stage, group: readonly SimProcess[]): SimProcess[] {
  const members = new Set(group);
  return sim.processes.filter((process) => !members.has(process));
}

/** Rules of groups end together; that a later rule ends early with an earlier one is no matter. */
function healLater({ sim }: Stage, { durationMs }: PlannedFault): void {
  sim.after(durationMs, () => sim.heal());
}

const partition: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const group = groupOf(stage, fault);
    const others = othersOf(stage, group);
    stage.sim.partition(group, others);
    healLater(stage, fault);
    return others.length > 0;
  },
};

const oneWayCut: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const group = groupOf(stage, fault);
    const others = othersOf(stage, group);
    if (fault.strength < 0.5) stage.sim.cut(group, others);
    else stage.sim.cut(others, group);
    healLater(stage, fault);
    return others.length > 0;
  },
};

/** A few cannot reach one member, which all others reach. */
const pathCut: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const subject = firstOf(stage, fault);
    const few = othersOf(stage, [subject]).slice(0, 1 + Math.floor(4 * fault.reach));
    if (fault.strength < 0.7) stage.sim.partition([subject], few);
    else if (fault.strength < 0.85) stage.sim.cut([subject], few);
    else stage.sim.cut(few, [subject]);
    healLater(stage, fault);
    return few.length > 0;
  },
};

/** One reaches hardly anyone, but not nobody: it still gets answers, at once or after a while without any. */
const islet: FaultKindSpec = {
  weight: 3,
  fire(stage, fault) {
    const { sim, pingPeriodMs } = stage;
    const subject = firstOf(stage, fault);
    const others = othersOf(stage, [subject]);
    const reached = Math.max(1, Math.floor(others.length * 0.05));
    const longestMs = Math.min(ISLET_ALONE_PERIODS * pingPeriodMs, fault.durationMs / 2);
    const aloneMs = fault.strength < 0.5 ? 0 : longestMs * fault.strength;
    if (aloneMs > 0) sim.partition([subject], others);
    sim.after(aloneMs, () => {
      if (aloneMs > 0) sim.heal();
      sim.partition([subject], others.slice(reached));
    });
    healLater(stage, fault);
    return others.length > reached;
  },
};

const refusal: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const group = groupOf(stage, fault);
    const others = othersOf(stage, group);
    stage.sim.refuse(group, others);
    healLater(stage, fault);
    return others.length > 0;
  },
};

/** A firewall comes up before one member: for a few, its port is closed, and their links are reset. */
const firewall: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const subject = firstOf(stage, fault);
    const few = othersOf(stage, [subject]).slice(0, 1 + Math.floor(4 * fault.reach));
    stage.sim.refuse(few, [subject]);
    const wasRunning = subject.isRunning;
    stage.sim.resetConnections(subject);
    healLater(stage, fault);
    return wasRunning && few.length > 0;
  },
};

const loss: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const { sim } = stage;
    const group = groupOf(stage, fault);
    sim.lose(group, sim.processes, 0.05 + 0.5 * fault.strength);
    sim.lose(sim.processes, group, 0.05 + 0.5 * fault.strength);
    healLater(stage, fault);
    return true;
  },
};

const narrowLine: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const { sim } = stage;
    const peer = firstOf(stage, fault);
    sim.narrow(peer, NARROWEST + (WIDEST - NARROWEST) * fault.strength ** 3);
    sim.after(fault.durationMs, () => sim.narrow(peer, undefined));
    return peer.isRunning;
  },
};

const resetLinks: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const wasRunning = peer.isRunning;
    stage.sim.resetConnections(peer);
    return wasRunning;
  },
};

const forgottenLinks: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    stage.sim.forgetConnections(peer);
    return peer.isRunning;
  },
};

/** The name of the seeds leads to nobody, to one of them, to the one that asks, or to a stranger. */
const dnsLies: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const { sim, seedName, seedIps } = stage;
    if (seedIps.length === 0) return false;
    const own = firstOf(stage, fault).address.split(":")[0] ?? "";
    const lies = [[], seedIps.slice(0, 1), [own], ["10.255.255.1"]];
    sim.setDns(seedName, lies[Math.floor(fault.strength * lies.length)] ?? []);
    sim.after(fault.durationMs, () => sim.setDns(seedName, seedIps));
    return true;
  },
};

/** By the names that plans have. */
export const NETWORK_FAULTS = {
  partition,
  "one-way-cut": oneWayCut,
  "path-cut": pathCut,
  islet,
  refusal,
  firewall,
  loss,
  "narrow-line": narrowLine,
  "reset-links": resetLinks,
  "forgotten-links": forgottenLinks,
  "dns-lies": dnsLies,
} as const satisfies Readonly<Record<string, FaultKindSpec>>;
