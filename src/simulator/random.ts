// The one seeded generator of a simulation. Everything random is drawn from it or from a fork of it,
// so that the same seed gives the same run on every machine.

import type { Random } from "../core/random.js";

/**
 * A generator seeded with a whole number: sfc32, which uses 32-bit integer arithmetic alone and is
 * therefore the same in every JavaScript engine.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e37_79b9 | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = seed | 0;
  let counter = 1;
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

/**
 * A generator of its own for one purpose, so that drawing more for one thing (a fault more, say)
 * does not change what another draws.
 */
export function forkRandom(seed: number, purpose: string): Random {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < purpose.length; index += 1) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x0100_0193);
  }
  return seededRandom((seed >>> 0) * 2 ** 20 + (hash >>> 12) + (hash & 0xfff));
}
