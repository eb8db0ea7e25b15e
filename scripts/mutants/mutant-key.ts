// What tells one mutant of StrykerJS from all others, and where a sample of them is told of.

/** The variable that holds the path of a file with the keys of the sample, as JSON. */
export const SAMPLE_VARIABLE = "GOSSIP_MUTANT_SAMPLE";

/** By where it begins, and what is put there. */
export function mutantKey(
  file: string,
  mutator: string,
  start: { readonly line: number; readonly column: number },
  replacement: string,
): string {
  return [file, start.line, start.column, mutator, replacement].join(" ");
}
