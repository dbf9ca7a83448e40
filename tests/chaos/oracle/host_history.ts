/** What a host of a route is: not there, there without calls, or to be called. */
export type HostValue = "absent" | "drained" | "open";

/** From a time on, a host was one of these. */
interface Step {
  sinceMs: number;
  values: ReadonlySet<HostValue>;
}

/**
 * What a host of a route may have been, over time. One program at a time edits
 * it; from the start of an edit to its acknowledgement it is what it was or what
 * it becomes, and after an edit that was not acknowledged until the next that is.
 */
export class HostHistory {
  readonly #steps: Step[];

  constructor(value: HostValue, sinceMs: number) {
    this.#steps = [{ sinceMs, values: new Set([value]) }];
  }

  /** What it may be now. */
  get now(): ReadonlySet<HostValue> {
    return this.#steps.at(-1)!.values;
  }

  /** Times at which what it may be has changed. */
  get changes(): readonly number[] {
    return this.#steps.map(({ sinceMs }) => sinceMs);
  }

  /** An edit to `value` begins. */
  begin(value: HostValue, nowMs: number): void {
    const values = new Set(this.now).add(value);
    this.#steps.push({ sinceMs: nowMs, values });
  }

  /** It is `value` for certain. */
  settle(value: HostValue, nowMs: number): void {
    this.#steps.push({ sinceMs: nowMs, values: new Set([value]) });
  }

  /** Whether it may have been one of `values` at some time from `fromMs` to `toMs`. */
  may(
    values: readonly HostValue[],
    { fromMs, toMs }: { fromMs: number; toMs: number },
  ): boolean {
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const step = this.#steps[index]!;
      if (
        step.sinceMs <= toMs && values.some((each) => step.values.has(each))
      ) {
        return true;
      }
      if (step.sinceMs <= fromMs) return false;
    }
    return false;
  }
}
