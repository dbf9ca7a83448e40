import type { Random } from "../../../net/mod.ts";
import { type LeaseStore, StoreError } from "../../../store/mod.ts";
import type { MachineClock } from "./machine_clock.ts";

/** What is wrong between a dns and its store. */
export interface StoreFaults {
  /** Nothing works. */
  isAway: boolean;
  /** Nothing can be written. */
  isReadOnly: boolean;
  /** Share of calls that fail, half of them after they were done. */
  failing: number;
  /** Longest time that a call takes. */
  delayMs: number;
}

/** A store of leases that fails as it is told to. */
export class FaultyLeases implements LeaseStore {
  readonly leases: LeaseStore["leases"];
  readonly renew: LeaseStore["renew"];
  readonly mark: LeaseStore["mark"];
  readonly sync: LeaseStore["sync"];
  readonly expire: LeaseStore["expire"];
  readonly instances: LeaseStore["instances"];
  readonly remove: LeaseStore["remove"];

  constructor(
    store: LeaseStore,
    { clock, random, faults, isGone }: {
      clock: MachineClock;
      random: Random;
      faults: StoreFaults;
      /** Whether the caller has been killed: nothing of it arrives any more. */
      isGone: () => boolean;
    },
  ) {
    const call = async <Result>(
      action: () => Promise<Result>,
      { writes = true } = {},
    ): Promise<Result> => {
      await clock.sleep(random() * faults.delayMs);
      const fails = random() < faults.failing;
      const isRefused = faults.isAway || writes && faults.isReadOnly;
      if (isGone() || isRefused || fails && random() < 0.5) throw failure();
      const result = await action();
      await clock.sleep(random() * faults.delayMs);
      if (fails) throw failure();
      return result;
    };
    const reads = { writes: false };
    this.leases = () => call(() => store.leases(), reads);
    this.instances = (query) => call(() => store.instances(query), reads);
    this.renew = (renewals) => call(() => store.renew(renewals));
    this.mark = (leases) => call(() => store.mark(leases));
    this.sync = (sets, options) => call(() => store.sync(sets, options));
    this.expire = (leases, options) =>
      call(() => store.expire(leases, options));
    this.remove = (rows, by) => call(() => store.remove(rows, by));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function failure(): StoreError {
  return new StoreError("Cannot use store as it is away", { retry: true });
}
