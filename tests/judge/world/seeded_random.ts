import type { Random } from "../../../net/mod.ts";

const TWO_TO_32 = 4_294_967_296;

/**
 * A stream of numbers from 0 up to, not including, 1 (sfc32): the same for the
 * same seed and stream name on every machine.
 */
export function seededRandom(seed: number, stream: string): Random {
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
  // Close seeds give close first numbers: these are thrown away.
  for (let round = 0; round < 20; round++) next();
  return next;
}
