// A network namespace of its own for each cluster, so that all that passes its loopback interface is
// the cluster's.

import type { ChildProcess } from "node:child_process";
import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { atEnd } from "./cleanup.js";

let made = 0;

/** Whether this process may make namespaces; without them nothing is known of bytes. */
export function canMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    new Namespace().remove();
    return true;
  } catch {
    return false;
  }
}

/** Where the processes of a cluster run. */
export class Namespace {
  readonly #name: string;
  readonly #undo: () => void;

  constructor() {
    made += 1;
    this.#name = `gossip-bench-${process.pid}-${made}`;
    ip("netns", "add", this.#name);
    this.#undo = atEnd(() => ip("netns", "delete", this.#name));
    ip("-n", this.#name, "link", "set", "lo", "up");
  }

  /** Starts a program in it. */
  spawn(file: string, argv: readonly string[], options: SpawnOptions): ChildProcess {
    return spawn("ip", ["netns", "exec", this.#name, file, ...argv], options);
  }

  remove(): void {
    this.#undo();
  }
}

/** All bytes that passed the loopback interface that this process sees, headers included. */
export function loopbackBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/net/dev`, "utf8")
    .split("\n")
    .find((text) => text.trim().startsWith("lo:"));
  return Number(line?.trim().split(/\s+/)[1] ?? Number.NaN);
}

function ip(...argv: readonly string[]): void {
  execFileSync("ip", argv, { stdio: ["ignore", "ignore", "ignore"] });
}
