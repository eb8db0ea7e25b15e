// The one seeded generator of a simulation. Everything random is drawn from it or from a fork of it,
// so that the same seed gives the same run on every machine.

import type { Random } from "../core/random.js";

/**
 * A generator seeded with a whole number: sfc32, which uses 32-bit integer arithmetic alone and is
 * therefore the same in every JavaScript engine.
 */
export function seededRandom(seed: number): Random {
  return sfc32([0x9e37_79b9, highWord(seed), seed | 0, 1]);
}

/**
 * A generator of its own for one purpose, so that drawing more for one thing (a fault more, say)
 * does not change what another draws. Seed and purpose are hashed to the whole state: a large
 * cluster forks once for each process, and with fewer bits some two would draw alike.
 */
export function forkRandom(seed: number, purpose: string): Random {
  return sfc32(hashOf(seed, purpose));
}

/** Four words of 32 bits. */
type State = readonly [number, number, number, number];

function sfc32(state: State): Random {
  let [a, b, c, counter] = state;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  // The first numbers of nearby seeds are alike; after some rounds they are not.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** cyrb128: four chained words, into each of which every word of the input is multiplied. */
function hashOf(seed: number, purpose: string): State {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  const add = (word: number): void => {
    a = b ^ Math.imul(a ^ word, 597_399_067);
    b = c ^ Math.imul(b ^ word, 2_869_860_233);
    c = d ^ Math.imul(c ^ word, 951_274_213);
    d = a ^ Math.imul(d ^ word, 2_716_044_179);
  };
  add(seed | 0);
  add(highWord(seed));
  for (let index = 0; index < purpose.length; index += 1) add(purpose.charCodeAt(index));
  a = Math.imul(c ^ (a >>> 18), 597_399_067);
  b = Math.imul(d ^ (b >>> 22), 2_869_860_233);
  c = Math.imul(a ^ (c >>> 17), 951_274_213);
  d = Math.imul(b ^ (d >>> 19), 2_716_044_179);
  return [a, b, c, d];
}

function highWord(seed: number): number {
  return Math.floor(seed / 2 ** 32) | 0;
}
