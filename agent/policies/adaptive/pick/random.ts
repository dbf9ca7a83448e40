import type { Random } from "../../../../net/client.ts";

/** Xorshift has no way out of 0. */
const NOT_ZERO = 0x9e3779b9;

/** Random numbers for picks, 1 ns each and without garbage: xorshift of 32 bits, seeded once for all routes. */
export class Xorshift {
  #state: number;

  constructor(random: Random) {
    this.#state = (random() * 0x1_0000_0000) ^ NOT_ZERO;
    if (this.#state === 0) this.#state = NOT_ZERO | 0;
  }

  /** 32 random bits. */
  bits(): number {
    let bits = this.#state;
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    this.#state = bits;
    return bits;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.share() * end);
  }

  /** A number from 0 up to, not including, 1. */
  share(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }
}
