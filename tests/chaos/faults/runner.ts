import { nowMs, sleep } from "../../support/wait.ts";
import type { Oracle } from "../oracle/oracle.ts";
import type { Fault } from "./fault.ts";
import type { PlannedFault } from "../schedule.ts";

/** Makes planned faults happen, and keeps their history. */
export class FaultRunner {
  /** Beginnings and ends, in order of time. */
  readonly history: string[] = [];
  /** Faults that have begun. */
  count = 0;
  /** Faults by their names, of those that go on. */
  readonly active = new Set<string>();
  readonly #oracle: Oracle;
  /** Resolves when the last fault that took something is over. */
  readonly #taken = new Map<string, Promise<void>>();

  constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  /** Runs all faults of a round; resolves when all is put right again. */
  async run(planned: readonly PlannedFault[]): Promise<void> {
    const startMs = nowMs();
    const running: Promise<void>[] = [];
    for (const each of planned) {
      await sleep(Math.max(0, startMs + each.atMs - nowMs()));
      running.push(this.#take(each));
    }
    await Promise.all(running);
  }

  /** Waits for those before it that took the same. */
  #take(planned: PlannedFault): Promise<void> {
    const { takes } = planned.fault;
    const before = takes.map((what) => this.#taken.get(what));
    const done = Promise.all(before).then(() => this.#strike(planned));
    for (const what of takes) this.#taken.set(what, done);
    return done;
  }

  async #strike({ fault, lastsMs, choices }: PlannedFault): Promise<void> {
    const { disturbances } = this.#oracle;
    const ends = fault.disturbs.map((what) =>
      disturbances.begin(what, nowMs())
    );
    this.count += 1;
    this.active.add(fault.name);
    this.#note(`begins: ${fault.name}`);
    try {
      await fault.begin(choices);
      await sleep(lastsMs);
    } catch (error) {
      this.#failed(fault, error);
    }
    this.#note(`is ended: ${fault.name}`);
    await fault.end().catch((error) => this.#failed(fault, error));
    this.active.delete(fault.name);
    this.#note(`is over: ${fault.name}`);
    for (const end of ends) end(nowMs());
  }

  #failed({ name }: Fault, error: unknown): void {
    const why = error instanceof Error ? error.stack : error;
    this.#oracle.fail("fault", `${name}: ${why}`);
  }

  #note(line: string): void {
    this.history.push(`${nowMs().toFixed(0).padStart(8)} ms ${line}`);
  }
}
