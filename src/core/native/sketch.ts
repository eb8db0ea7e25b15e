// A rateless invertible Bloom lookup table (Yang et al., SIGCOMM 2024): a list of coded symbols, of
// which any prefix long enough for the difference of two sets gives that difference. Its bytes grow
// with the difference and not with the sets.

/** An element of the set: 64 bits of a record's hash, and 32 more to check a decoded one by. */
export interface SketchItem {
  readonly high: number;
  readonly low: number;
  readonly check: number;
}

/** The sum of those elements that are mapped to this symbol. */
export interface CodedSymbol {
  high: number;
  low: number;
  check: number;
  /** How many elements, modulo 2^32; after a subtraction it may be negative. */
  count: number;
}

/** What only one of two sets holds. */
export interface Difference {
  /** In the set that was subtracted from. */
  readonly ours: readonly SketchItem[];
  /** In the set that was subtracted. */
  readonly theirs: readonly SketchItem[];
}

/** The first symbols of a changing set, kept up to date with each change. */
export class Sketch {
  readonly symbols: readonly CodedSymbol[];

  constructor(length: number) {
    const symbols: CodedSymbol[] = [];
    while (symbols.length < length) symbols.push({ high: 0, low: 0, check: 0, count: 0 });
    this.symbols = symbols;
  }

  add(item: SketchItem): void {
    applyItem(this.symbols, item, 1);
  }

  subtract(item: SketchItem): void {
    applyItem(this.symbols, item, -1);
  }

  /** Adds all that another sketch, of the same length, holds. */
  addSketch(other: Sketch): void {
    for (const [index, symbol] of other.symbols.entries()) {
      const own = this.symbols[index];
      if (own === undefined) return;
      own.high ^= symbol.high;
      own.low ^= symbol.low;
      own.check ^= symbol.check;
      own.count += symbol.count;
    }
  }
}

/**
 * What only one of two sets holds, from as many symbols of each; undefined when these are too few.
 */
export function differenceOf(
  ours: readonly CodedSymbol[],
  theirs: readonly CodedSymbol[],
): Difference | undefined {
  const symbols = subtracted(ours, theirs);
  const onlyOurs: SketchItem[] = [];
  const onlyTheirs: SketchItem[] = [];
  const pure = symbols.filter(isPure);
  for (let symbol = pure.pop(); symbol !== undefined; symbol = pure.pop()) {
    // It may have been emptied since it was found.
    if (!isPure(symbol)) continue;
    // More than that no honest sketch of this length holds.
    if (onlyOurs.length + onlyTheirs.length > symbols.length) return undefined;
    const { high, low, check, count } = symbol;
    const item = { high, low, check };
    (count === 1 ? onlyOurs : onlyTheirs).push(item);
    eachSymbolOf(item, symbols, (touched) => {
      change(touched, item, -count);
      if (isPure(touched)) pure.push(touched);
    });
  }
  const isDecoded = symbols.every(({ high, low, count }) => high === 0 && low === 0 && count === 0);
  return isDecoded ? { ours: onlyOurs, theirs: onlyTheirs } : undefined;
}

/** Adds an element to symbols, or takes it out. */
function applyItem(symbols: readonly CodedSymbol[], item: SketchItem, sign: 1 | -1): void {
  eachSymbolOf(item, symbols, (symbol) => change(symbol, item, sign));
}

function subtracted(ours: readonly CodedSymbol[], theirs: readonly CodedSymbol[]): CodedSymbol[] {
  const length = Math.min(ours.length, theirs.length);
  const symbols: CodedSymbol[] = [];
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [ours[index], theirs[index]];
    if (a === undefined || b === undefined) break;
    symbols.push({
      high: (a.high ^ b.high) | 0,
      low: (a.low ^ b.low) | 0,
      check: (a.check ^ b.check) | 0,
      count: (a.count - b.count) | 0,
    });
  }
  return symbols;
}

function change(symbol: CodedSymbol, item: SketchItem, by: number): void {
  symbol.high = (symbol.high ^ item.high) | 0;
  symbol.low = (symbol.low ^ item.low) | 0;
  symbol.check = (symbol.check ^ item.check) | 0;
  symbol.count = (symbol.count + by) | 0;
}

/** True when a symbol holds exactly one element. */
function isPure({ high, low, check, count }: CodedSymbol): boolean {
  return (count === 1 || count === -1) && checkOf(high, low) === check;
}

/** The check of an element: a function of it, so that a sum of several does not pass for one. */
export function checkOf(high: number, low: number): number {
  let hash = Math.imul(high ^ 0x9e37_79b9, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ low, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4_eb2f);
  return (hash ^ (hash >>> 16)) | 0;
}

/**
 * Runs `run` for each symbol that an element is mapped to: always the first one, and then ever more
 * rarely, so that a prefix of any length is a table of its own.
 */
function eachSymbolOf(
  { high, low }: SketchItem,
  symbols: readonly CodedSymbol[],
  run: (symbol: CodedSymbol) => void,
): void {
  let state = (high ^ Math.imul(low, 0x9e37_79b9)) | 0;
  let index = 0;
  while (index < symbols.length) {
    const symbol = symbols[index];
    if (symbol !== undefined) run(symbol);
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    const uniform = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    // The gap's distribution gives symbol i an element with probability 1 / (1 + i / 2).
    index += Math.max(1, Math.ceil((index + 1.5) * (1 / Math.sqrt(1 - uniform) - 1)));
  }
}
