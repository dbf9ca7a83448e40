/** Times at which requests are due at a fixed rate, whether or not earlier ones were answered. */
export class FixedRate {
  readonly #startUs: number;
  readonly #intervalUs: number;
  #taken = 0;

  constructor(
    { startUs, perSecond }: { startUs: number; perSecond: number },
  ) {
    this.#startUs = startUs;
    this.#intervalUs = 1_000_000 / perSecond;
  }

  /** Time at which the next request is due, in microseconds. */
  get nextDueUs(): number {
    return this.#startUs + this.#taken * this.#intervalUs;
  }

  /**
   * Takes the next request if it is due: the time at which it was due, from
   * which its latency counts; otherwise NaN. After a stall, of the agent or of
   * the load itself, each request that came due during it follows with its own
   * due time: leaving them out, or counting from when they were sent, would hide
   * the stall.
   */
  take(nowUs: number): number {
    const dueUs = this.nextDueUs;
    if (dueUs > nowUs) return NaN;
    this.#taken += 1;
    return dueUs;
  }
}
