// Which code of the core and the wire a process has run, by V8's own count. To be begun before that
// code is loaded: what ran before is not counted.

import { type Profiler, Session } from "node:inspector";

/** What one script has run: its functions, and the ranges within them, with how often each was entered. */
export type ScriptCoverage = Profiler.ScriptCoverage;

/** A coverage that is being taken. */
export interface Coverage {
  /** What ran since it was begun. */
  take(): readonly ScriptCoverage[];
}

/** The folders that are looked at, beside that of this file. */
export const COVERED_FOLDERS = ["core", "wire"] as const;

/** Begins to count. */
export function takeCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    take: () => {
      let scripts: readonly ScriptCoverage[] = [];
      // Within one process the answer comes before `post` returns.
      session.post("Profiler.takePreciseCoverage", (error, { result }) => {
        if (error !== null) throw error;
        scripts = result.filter(({ url }) => isCovered(url));
      });
      session.disconnect();
      return scripts;
    },
  };
}

function isCovered(url: string): boolean {
  return COVERED_FOLDERS.some((folder) => {
    return url.startsWith(new URL(`../${folder}/`, import.meta.url).href);
  });
}
