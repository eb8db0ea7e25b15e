// A mutant is a source file with one piece of text replaced by another. Nothing on disk changes: who
// loads the file, a bundler or a runner of tests, is given the changed text.

/** One change of one file. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  /** What is there; exactly once. */
  readonly from: string;
  /** What takes its place. */
  readonly to: string;
}

/** The text of the file once it is changed; an exception where `from` is not there exactly once. */
export function patched(text: string, { file, from, to }: Patch): string {
  const start = text.indexOf(from);
  if (start < 0) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
  if (text.includes(from, start + 1)) {
    throw new Error(`${file} holds ${JSON.stringify(from)} more than once`);
  }
  return text.slice(0, start) + to + text.slice(start + from.length);
}

/** Where that change begins in the file: its line, from 1. */
export function lineOf(text: string, { from }: Patch): number {
  return text.slice(0, text.indexOf(from)).split("\n").length;
}
