import {
  type HistoryBatch,
  type HistoryStore,
  LATENCY_COUNTS,
} from "../../../store/mod.ts";
import type { Figures } from "../report/measurement.ts";
import { spreadOf } from "../report/statistics.ts";
import {
  FIRST_IP,
  PORT,
  StoreFixture,
  type StoreKind,
} from "./store_fixture.ts";

/** Minutes that are filled: all that are kept of hosts, and one more. */
const MINUTES = 181;

const FIRST_MINUTE = 29_000_000;

/** Measurements of each read and commit. */
const REPEATS = 20;

const AGENT = "0123456789abcdef".repeat(2);

const MB = 1_000_000;

/** Cost of history: 1,000 routes of 20 hosts, all of which have calls all the time. */
export async function history(
  kind: StoreKind,
  { quick }: { quick: boolean },
): Promise<Figures> {
  const routes = quick ? 20 : 1_000;
  await using fixture = await StoreFixture.start(kind);
  await using store = await fixture.openHistory();
  const writer = new Writer(store, routes);
  const insertMs: number[] = [];
  let hourBytes = 0;
  for (let index = 0; index < MINUTES; index++) {
    insertMs.push(await writer.commit(FIRST_MINUTE + index));
    if (index === 60) hourBytes -= await fixture.bytes();
    if (index === 120) hourBytes += await fixture.bytes();
  }
  const to = FIRST_MINUTE + MINUTES - 1;
  const updateMs = await repeat(() => writer.commit(to));
  const chartMs = await timed(async (round) => {
    const key = { modId: round % 10, cmdId: round % (routes / 10) };
    const range = { key, from: to - 179, to, tier: "minute" as const };
    const hosts = await store.hostHistory(range);
    const sums = await store.routeHistory(range);
    if (hosts.length !== 180 * HOSTS || sums.length !== 180) {
      throw new Error(
        `${hosts.length} rows of hosts, ${sums.length} of routes`,
      );
    }
  });
  const worstMs = await timed(async () => {
    const worst = await store.worstRoutes({ from: to - 4, to, limit: 20 });
    if (worst.length !== 20) throw new Error(`${worst.length} worst routes`);
  });
  const expireMs: number[] = [];
  for (let more = true; more;) {
    const startedMs = performance.now();
    more = await store.expire();
    expireMs.push(performance.now() - startedMs);
  }
  return {
    insertMs: spreadOf(insertMs).median,
    updateMs: spreadOf(updateMs).median,
    chartMs: spreadOf(chartMs).median,
    worstMs: spreadOf(worstMs).median,
    expireStepMs: Math.max(...expireMs),
    hourMb: hourBytes / MB,
  };
}

const HOSTS = 20;

/** An agent that calls every host in each batch. */
class Writer {
  readonly #store: HistoryStore;
  readonly #routes: number;
  #seq = 0;

  constructor(store: HistoryStore, routes: number) {
    this.#store = store;
    this.#routes = routes;
  }

  /** Milliseconds that a batch took. */
  async commit(minute: number): Promise<number> {
    const batch = this.#batch(minute);
    const startedMs = performance.now();
    const { conflicts } = await this.#store.commit(batch);
    if (conflicts.length > 0) throw new Error("a conflict without a rival");
    return performance.now() - startedMs;
  }

  #batch(minute: number): HistoryBatch {
    const seq = this.#seq += 1;
    const expected = seq === 1 ? undefined : { epoch: 1, seq: seq - 1 };
    const rows = this.#routes * HOSTS;
    const route = (index: number) => Math.floor(index / HOSTS);
    const latency = new Uint32Array(this.#routes * LATENCY_COUNTS);
    for (let index = 0; index < latency.length; index++) {
      latency[index] = index % LATENCY_COUNTS < 8 ? 500 : 0;
    }
    return {
      minute,
      agents: [{ agent: AGENT, epoch: 1, seq, expected }],
      hosts: {
        ...this.#columns(rows, route),
        ip: Uint32Array.from({ length: rows }, (_, i) => FIRST_IP + i % HOSTS),
        port: new Uint16Array(rows).fill(PORT),
      },
      routes: { ...this.#columns(this.#routes, (index) => index), latency },
    };
  }

  /** Ten modules, each with a tenth of the routes. */
  #columns(length: number, route: (index: number) => number) {
    const commands = this.#routes / 10;
    const column = (value: (index: number) => number) =>
      Float64Array.from({ length }, (_, index) => value(index));
    return {
      modId: column((index) => Math.floor(route(index) / commands)),
      cmdId: column((index) => route(index) % commands),
      calls: column((index) => 200 + index % 50),
      failed: column((index) => 1 + index % 7),
      timed: column((index) => 200 + index % 50),
      sumUs: column((index) => 400_000 + index),
      maxUs: column((index) => 20_000 + index),
      minuteCallers: column(() => 500),
      longCallers: column(() => 500),
    };
  }
}

async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < REPEATS; round++) values.push(await measure());
  return values;
}

/** Milliseconds of each of several runs. */
async function timed(run: (round: number) => Promise<void>): Promise<number[]> {
  let round = 0;
  return await repeat(async () => {
    const startedMs = performance.now();
    await run(round += 1);
    return performance.now() - startedMs;
  });
}
