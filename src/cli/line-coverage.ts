// Which lines of the sources were reached, from what V8 counts in the built files: their source maps
// tell of which line each piece of code is.

import { readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { COVERED_FOLDERS, type ScriptCoverage } from "./run-coverage.js";

/** A line that can be reached, and was not. */
interface UnreachedLine {
  readonly line: number;
  /** Without the spaces around it. */
  readonly text: string;
  /**
   * The innermost function with a name that it is in; empty outside of all, and in a class of which there
   * was no instance, whose methods V8 does not tell apart.
   */
  readonly functionName: string;
}

/** What was reached of one file. */
export interface FileCoverage {
  /** As in `src/core/core.ts`. */
  readonly file: string;
  /** How many lines hold code that can be reached. */
  readonly lines: number;
  readonly unreached: readonly UnreachedLine[];
  /** The same as first and last lines, with no reached one in between. */
  readonly unreachedRanges: readonly (readonly [first: number, last: number])[];
  /** Lines that were reached, but for some of what is on them. */
  readonly partlyReached: readonly number[];
}

/** What is reached of one line. */
interface LineState {
  isReached: boolean;
  isPartly: boolean;
  /** Where its first code is in the built file. */
  readonly offset: number;
}

const ROOT = new URL("../../", import.meta.url);
const WORD = /[\w$#"'`]+/g;
/** What is there for the compiler, and does nothing that could be reached: in the built file. */
const STRUCTURE = /^\s*(?:import\b|export \{|(?:export )?class\b|(?:static )?#?[\w$]+;$)/;
/** The same, in the source: a check of types alone that all variants are dealt with. */
const NEVER = /\bsatisfies never;$/;

/** Adds up what several processes have run. */
export class LineCoverage {
  readonly #scripts = new Map<string, CoveredScript>();

  constructor() {
    // A file that nobody loads is not reached either.
    for (const url of coveredUrls()) this.#scripts.set(url, new CoveredScript(url));
  }

  /** One process has run this. */
  add(scripts: readonly ScriptCoverage[]): void {
    for (const script of scripts) this.#scripts.get(script.url)?.add(script);
  }

  /** By name; without those that hold nothing but types. */
  files(): FileCoverage[] {
    return Array.from(this.#scripts.values(), (script) => script.coverage())
      .filter(({ lines }) => lines > 0)
      .sort((a, b) => (a.file < b.file ? -1 : 1));
  }
}

/** One built file. */
class CoveredScript {
  readonly #url: string;
  readonly #built: string;
  /** For each character whether it was reached, by any process. */
  readonly #reached: Uint8Array;
  /** The functions with a name, by where they are. */
  readonly #functions = new Map<string, { name: string; start: number; end: number }>();

  constructor(url: string) {
    this.#url = url;
    this.#built = readFileSync(fileURLToPath(url), "utf8");
    this.#reached = new Uint8Array(this.#built.length);
  }

  add({ functions }: ScriptCoverage): void {
    const here = new Uint8Array(this.#reached.length);
    // What is within something comes after it.
    for (const { functionName: name, ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        here.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      }
      const [range] = ranges;
      // What V8 calls by a name in brackets, as the fields of a class, spans all of it.
      if (name === "" || name.startsWith("<") || range === undefined) continue;
      const { startOffset: start, endOffset: end } = range;
      this.#functions.set(`${start} ${end}`, { name, start, end });
    }
    for (const [index, isReached] of here.entries()) if (isReached) this.#reached[index] = 1;
  }

  coverage(): FileCoverage {
    const map = JSON.parse(readFileSync(fileURLToPath(`${this.#url}.map`), "utf8"));
    const [source = "", text = ""] = [map.sources[0], map.sourcesContent?.[0]];
    const file = new URL(source, this.#url).href.slice(ROOT.href.length);
    const texts = text.split("\n").map((line: string) => line.trim());
    const lines = this.#lineStates(new SourceMap(map))
      .map(([line, state]) => ({ line, text: texts[line - 1] ?? "", ...state }))
      .filter(({ line, text }) => isCode(text, texts[line]));
    const unreached = lines
      .filter(({ isReached }) => !isReached)
      .map(({ line, text, offset }) => ({ line, text, functionName: this.#functionAt(offset) }));
    const partlyReached = lines
      .filter(({ isReached, isPartly }) => isReached && isPartly)
      .map(({ line }) => line);
    const unreachedRanges = rangesOf(lines);
    return { file, lines: lines.length, unreached, unreachedRanges, partlyReached };
  }

  /** By the number of the line in the source, in their order. */
  #lineStates(map: SourceMap): [number, LineState][] {
    const states = new Map<number, LineState>();
    let lineStart = 0;
    for (const [index, built] of this.#built.split("\n").entries()) {
      if (!STRUCTURE.test(built)) {
        for (const { index: column } of built.matchAll(WORD)) {
          const line = lineOf(map, index, column);
          if (line !== undefined) this.#note(states, line, lineStart + column);
        }
      }
      lineStart += built.length + 1;
    }
    return Array.from(states).sort(([a], [b]) => a - b);
  }

  #note(states: Map<number, LineState>, line: number, offset: number): void {
    const isReached = this.#reached[offset] === 1;
    const held = states.get(line);
    if (held === undefined) {
      states.set(line, { isReached, isPartly: !isReached, offset });
      return;
    }
    held.isReached ||= isReached;
    held.isPartly ||= !isReached;
  }

  #functionAt(offset: number): string {
    let [innermost, length] = ["", Number.POSITIVE_INFINITY];
    for (const { name, start, end } of this.#functions.values()) {
      if (start > offset || offset >= end || end - start >= length) continue;
      [innermost, length] = [name, end - start];
    }
    return innermost;
  }
}

function rangesOf(lines: readonly { readonly line: number; readonly isReached: boolean }[]) {
  const ranges: [first: number, last: number][] = [];
  let current: [first: number, last: number] | undefined;
  for (const { line, isReached } of lines) {
    if (isReached) current = undefined;
    else if (current !== undefined) current[1] = line;
    else {
      current = [line, line];
      ranges.push(current);
    }
  }
  return ranges;
}

/** The line of the source that begins a piece of code exactly there; undefined where none does. */
function lineOf(map: SourceMap, builtLine: number, column: number): number | undefined {
  const entry = map.findEntry(builtLine, column);
  if (!("originalLine" in entry)) return undefined;
  const isExact = entry.generatedLine === builtLine && entry.generatedColumn === column;
  return isExact ? entry.originalLine + 1 : undefined;
}

/** Whether a line does something when it is reached. */
function isCode(text: string, next: string | undefined): boolean {
  if (NEVER.test(text)) return false;
  return text !== "default:" || next === undefined || !NEVER.test(next);
}

function coveredUrls(): string[] {
  return COVERED_FOLDERS.flatMap((folder) => {
    const url = new URL(`../${folder}/`, import.meta.url);
    return readdirSync(url, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .map((name) => new URL(name, url).href);
  });
}
