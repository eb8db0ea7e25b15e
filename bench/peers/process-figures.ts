// What processes spend, as the system counts it: asked from outside, so that asking costs them nothing.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
/** In the line of /proc/PID/stat, behind the name of the program. */
const USER_TICKS_FIELD = 11;
const KIBIBYTES_PER_MEBIBYTE = 1_024;

/** CPU time of these processes since they began, in milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => cpuMs(pid)));
}

/** Memory of these processes that is resident, in MiB. */
export function residentMbOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => residentKb(pid))) / KIBIBYTES_PER_MEBIBYTE;
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER_TICKS_FIELD]) + Number(fields[USER_TICKS_FIELD + 1]);
  return (1_000 * ticks) / TICKS_PER_SECOND;
}

function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
