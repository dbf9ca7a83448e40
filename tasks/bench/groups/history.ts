import {
  type HistoryBatch,
  type HistoryStore,
  LATENCY_COUNTS,
} from "../../../store/mod.ts";
import { cpuNs } from "../../local/process_usage.ts";
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

const HOSTS = 20;

/** Cost of history: 1,000 routes of 20 hosts, all of which have calls all the time. */
export async function history(
  kind: StoreKind,
  { quick }: { quick: boolean },
): Promise<Figures> {
  const routes = quick ? 20 : 1_000;
  await using fixture = await StoreFixture.start(kind);
  await using store = await fixture.openHistory();
  const meter = new Meter(fixture.storePids);
  const writer = new Writer(store, routes);
  const insert: Cost[] = [];
  let hourBytes = 0;
  for (let index = 0; index < MINUTES; index++) {
    insert.push(await writer.commit(FIRST_MINUTE + index, meter));
    if (index === 60) hourBytes -= await fixture.bytes();
    if (index === 120) hourBytes += await fixture.bytes();
  }
  const to = FIRST_MINUTE + MINUTES - 1;
  const update = await repeat(() => writer.commit(to, meter));
  const rangeOf = (round: number) => ({
    key: { modId: round % 10, cmdId: round % (routes / 10) },
    from: to - 179,
    to,
    tier: "minute" as const,
  });
  const chart = await repeat((round) =>
    meter.measure(async () =>
      expectRows(await store.routeHistory(rangeOf(round)), 180)
    )
  );
  const hosts = await repeat((round) =>
    meter.measure(async () =>
      expectRows(await store.hostHistory(rangeOf(round)), 180 * HOSTS)
    )
  );
  const worst = await repeat(() =>
    meter.measure(async () => {
      const rows = await store.worstRoutes({ from: to - 4, to, limit: 20 });
      expectRows(rows, 20);
    })
  );
  const expire: Cost[] = [];
  for (let more = true; more;) {
    expire.push(
      await meter.measure(async () => {
        more = await store.expire();
      }),
    );
  }
  return {
    ...figuresOf({ insert, update, chart, hosts, worst, expire }),
    hourMb: hourBytes / MB,
  };
}

function expectRows(rows: readonly unknown[], count: number): void {
  if (rows.length !== count) throw new Error(`${rows.length} rows`);
}

/** What something took. */
interface Cost {
  /** Time until it was done. */
  ms: number;
  /** CPU time, here and in the database. */
  cpuMs: number;
}

/** Measures what this process and those of the store do. */
class Meter {
  readonly #pids: readonly number[];

  constructor(storePids: readonly number[]) {
    this.#pids = [Deno.pid, ...storePids];
  }

  async measure(run: () => Promise<void>): Promise<Cost> {
    const startedMs = performance.now();
    const before = this.#cpuMs();
    await run();
    const cpuMs = this.#cpuMs() - before;
    return { ms: performance.now() - startedMs, cpuMs };
  }

  #cpuMs(): number {
    return this.#pids.reduce((sum, pid) => sum + cpuNs(pid) / 1e6, 0);
  }
}

/** Medians of both times. */
function figuresOf(costs: Record<string, readonly Cost[]>): Figures {
  const figures: Figures = {};
  for (const [name, values] of Object.entries(costs)) {
    figures[`${name}Ms`] = spreadOf(values.map(({ ms }) => ms)).median;
    figures[`${name}CpuMs`] = spreadOf(values.map(({ cpuMs }) => cpuMs)).median;
  }
  return figures;
}

/** An agent that calls every host in each batch. */
class Writer {
  readonly #store: HistoryStore;
  readonly #routes: number;
  #seq = 0;

  constructor(store: HistoryStore, routes: number) {
    this.#store = store;
    this.#routes = routes;
  }

  /** What a batch took. */
  async commit(minute: number, meter: Meter): Promise<Cost> {
    const batch = this.#batch(minute);
    return await meter.measure(async () => {
      const { conflicts } = await this.#store.commit(batch);
      if (conflicts.length > 0) throw new Error("a conflict without a rival");
    });
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

async function repeat(
  run: (round: number) => Promise<Cost>,
): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let round = 0; round < REPEATS; round++) costs.push(await run(round));
  return costs;
}
