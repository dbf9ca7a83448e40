// Wydrowski, Kleinberg, Rumble, Archer: "Load is not what you should balance: Introducing Prequal", NSDI 2024, sections 4 and 5.
import type { RouteUpdate } from "../../../agent/mod.ts";
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";
import { anyOf } from "./random_choice.ts";

const PROBES_PER_CALL = 3;
const REMOVED_PER_CALL = 1;
/** Greatest pool; of few hosts, half: the paper's hosts are many more than 16. */
const POOL_MAX = 16;
/** With fewer answers in the pool any host is picked. */
const POOL_MIN = 2;
const AGE_MS_MAX = 1_000;
/** Time without a probe after which one is sent, while there are calls at all. */
const IDLE_MS = 500;
/** Quantile of calls in flight from which a host is hot. */
const HOT_QUANTILE = 2 ** -0.25;
/** Net rate at which answers are added to the pool. */
const NET_RATE = 1;
/** Answers that the quantile is taken over. */
const SAMPLES = 128;

/** What a host says of itself when it is asked. */
export interface HostLoad {
  /** Calls inside it. */
  inFlight: number;
  /** Median time that calls took which met as many others; 0 is unknown. */
  latencyMs: number;
}

/** Asks a host; `answer` is called later, or never if the host does not answer. */
export type Probe = (row: number, answer: (load: HostLoad) => void) => void;

/** An answer in the pool. */
interface Answer extends HostLoad {
  row: number;
  atMs: number;
  usesLeft: number;
}

class PrequalHosts extends BaselineHosts {
  latencyMs = new Float64Array(0);
}

/**
 * Prequal's asynchronous probes and hot-cold lexicographic rule: of the hosts in
 * the pool, the one of the cold ones that says it is fastest; if all are hot, the
 * one with the fewest calls. Each call sends three probes to random hosts, and
 * takes the oldest and the worst answer in turn out of the pool.
 *
 * The paper also says that hosts which fail are avoided, but not how: that is not
 * here. Without `probe`, hosts cannot be asked, and answer with what this client
 * knows of them.
 */
export class Prequal extends Baseline<PrequalHosts> {
  readonly #probe: Probe;
  readonly #pool: Answer[] = [];
  readonly #samples = new Float64Array(SAMPLES);
  #sampled = 0;
  #hotFrom = Infinity;
  #removeOldest = false;
  #probedMs = -Infinity;
  #pickedMs = -Infinity;
  #nowMs = 0;

  constructor(random: Random, { probe }: { probe?: Probe } = {}) {
    super(random, new PrequalHosts());
    this.#probe = probe ?? ((row, answer) =>
      answer({
        inFlight: this.hosts.inFlight[row]!,
        latencyMs: this.hosts.latencyMs[row]!,
      }));
  }

  override update(update: RouteUpdate, nowMs: number): void {
    super.update(update, nowMs);
    const gone = new Set(update.removed);
    this.#keep(({ row }) => !gone.has(row));
  }

  override tick(nowMs: number): void {
    this.#nowMs = nowMs;
    const used = nowMs - this.#pickedMs < 60 * IDLE_MS;
    if (used && nowMs - this.#probedMs >= IDLE_MS) {
      this.#sendProbes(PROBES_PER_CALL);
    }
  }

  protected override choose(nowMs: number): number {
    this.#nowMs = nowMs;
    this.#pickedMs = nowMs;
    this.#keep(({ atMs }) => nowMs - atMs <= AGE_MS_MAX);
    const best = this.#pool.length < POOL_MIN ? undefined : this.#best();
    const row = best?.row ?? this.rows[anyOf(this.rows.length, this.random)]!;
    if (best !== undefined) {
      // Until it is asked again, it is taken to have this call too.
      best.inFlight += 1;
      best.usesLeft -= 1;
      this.#keep(({ usesLeft }) => usesLeft > 0);
    }
    for (let count = 0; count < REMOVED_PER_CALL; count++) this.#removeOne();
    this.#sendProbes(PROBES_PER_CALL);
    return row;
  }

  protected override learn(row: number, { durationUs }: CallReport): void {
    if (durationUs > 0) this.hosts.latencyMs[row] = durationUs / 1_000;
  }

  #best(): Answer {
    const cold = this.#pool.filter(({ inFlight }) => inFlight < this.#hotFrom);
    return cold.length > 0
      ? leastBy(cold, ({ latencyMs }) => latencyMs)
      : leastBy(this.#pool, ({ inFlight }) => inFlight);
  }

  /** Takes the oldest or, every other time, the worst by the rule in reverse out of the pool. */
  #removeOne(): void {
    const pool = this.#pool;
    if (pool.length <= POOL_MIN) return;
    this.#removeOldest = !this.#removeOldest;
    const hot = pool.filter(({ inFlight }) => inFlight >= this.#hotFrom);
    const removed = this.#removeOldest
      ? leastBy(pool, ({ atMs }) => atMs)
      : hot.length > 0
      ? leastBy(hot, ({ inFlight }) => -inFlight)
      : leastBy(pool, ({ latencyMs }) => -latencyMs);
    this.#keep((answer) => answer !== removed);
  }

  #sendProbes(count: number): void {
    this.#probedMs = this.#nowMs;
    const left = [...this.rows];
    for (let sent = 0; sent < count && left.length > 0; sent++) {
      const [row] = left.splice(anyOf(left.length, this.random), 1);
      this.#probe(row!, (load) => this.#onAnswer(row!, load));
    }
  }

  #onAnswer(row: number, load: HostLoad): void {
    if (!this.rows.includes(row)) return;
    this.#samples[this.#sampled++ % SAMPLES] = load.inFlight;
    const known = this.#samples.slice(0, Math.min(SAMPLES, this.#sampled))
      .sort();
    this.#hotFrom = known[Math.floor(HOT_QUANTILE * known.length)]! + 1;
    const size = Math.min(POOL_MAX, Math.ceil(this.rows.length / 2));
    const share = size / this.rows.length;
    const usesLeft = Math.max(
      1,
      (1 + NET_RATE) / ((1 - share) * PROBES_PER_CALL - REMOVED_PER_CALL),
    );
    const answer = { ...load, row, atMs: this.#nowMs, usesLeft };
    this.#keep((other) => other.row !== row);
    this.#pool.push(answer);
    if (this.#pool.length > Math.max(POOL_MIN, size)) this.#pool.shift();
  }

  #keep(isKept: (answer: Answer) => boolean): void {
    const pool = this.#pool;
    let kept = 0;
    for (const answer of pool) if (isKept(answer)) pool[kept++] = answer;
    pool.length = kept;
  }
}

function leastBy<T>(list: readonly T[], badness: (item: T) => number): T {
  return list.reduce((best, item) =>
    badness(item) < badness(best) ? item : best
  );
}
