import type { Random } from "../clock.ts";

const TWO_TO_32 = 4_294_967_296;

/**
 * A source of randomness that repeats exactly for the same seed and stream name
 * (sfc32). Streams of one seed are independent of each other.
 */
export function seededRandom(seed: number, stream = ""): Random {
  let a = 0x9e3779b9;
  let b = seed | 0;
  let c = Math.floor(seed / TWO_TO_32) | 0;
  let counter = 1;
  for (let index = 0; index < stream.length; index++) {
    a = Math.imul(a ^ stream.charCodeAt(index), 0x01000193);
  }
  function next(): number {
    const sum = (a + b | 0) + counter | 0;
    counter = counter + 1 | 0;
    a = b ^ b >>> 9;
    b = c + (c << 3) | 0;
    c = (c << 21 | c >>> 11) + sum | 0;
    return (sum >>> 0) / TWO_TO_32;
  }
  // The first numbers of close seeds are close: discard them.
  for (let round = 0; round < 20; round++) next();
  return next;
}

/** Numbers from a list, one after the other; 0 when it is used up. */
export function listedRandom(numbers: readonly number[]): Random {
  let at = 0;
  return () => numbers[at++] ?? 0;
}
