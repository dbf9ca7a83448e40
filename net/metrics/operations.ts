import type { Clock } from "../clock.ts";
import { Histogram } from "./histogram.ts";
import type { Metric, Sample } from "./metric.ts";

/** How long operations of a kind take, and how many fail. */
interface Operation {
  durations: Histogram;
  errors: number;
}

/** Times the operations of a service on its store. */
export class Operations<Name extends string> {
  readonly #clock: Clock;
  readonly #operations = new Map<Name, Operation>();

  /** Begins without operations of these kinds; others are shown from the first on. */
  constructor(clock: Clock, names: readonly Name[]) {
    this.#clock = clock;
    for (const name of names) this.#of(name);
  }

  /**
   * Runs an operation, and counts how long it takes and whether it fails.
   *
   * @throws {unknown} What `run` throws.
   */
  async time<Result>(
    name: Name,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const operation = this.#of(name);
    const startedMs = this.#clock.nowMs();
    try {
      return await run();
    } catch (error) {
      operation.errors += 1;
      throw error;
    } finally {
      const ms = this.#clock.nowMs() - startedMs;
      operation.durations.observe(ms / 1_000);
    }
  }

  /** How long they took, by kind. */
  durations(): Sample[] {
    return this.#samples(({ durations }) => durations);
  }

  /** How many failed, by kind. */
  errors(): Sample[] {
    return this.#samples(({ errors }) => errors);
  }

  #of(name: Name): Operation {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const operation = { durations: new Histogram(), errors: 0 };
    this.#operations.set(name, operation);
    return operation;
  }

  #samples(value: (operation: Operation) => Sample["value"]): Sample[] {
    return Array.from(this.#operations, ([operation, each]) => ({
      labels: { operation },
      value: value(each),
    }));
  }
}

/** What a service tells of its store. */
export interface StoreReadings {
  /** Its operations on it. */
  storeOperations: Pick<Operations<string>, "durations" | "errors">;
  /** Whether the last attempt to use it succeeded. */
  isStoreUp: boolean;
}

/** Metrics of a service with a store, which it uses in these operations. */
export function storeMetrics(
  operations: readonly string[],
): Metric<StoreReadings>[] {
  const labels = { operation: operations };
  return [
    {
      name: "lars_store_operation_duration_seconds",
      type: "histogram",
      help: "How long operations on the store take",
      labels,
      read: (source) => source.storeOperations.durations(),
    },
    {
      name: "lars_store_errors_total",
      type: "counter",
      help: "Operations on the store that failed",
      labels,
      read: (source) => source.storeOperations.errors(),
    },
    {
      name: "lars_store_up",
      type: "gauge",
      help: "1 while the store can be used, 0 while it is away",
      read: (source) => Number(source.isStoreUp),
    },
  ];
}
