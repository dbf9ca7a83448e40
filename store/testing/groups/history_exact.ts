import { assertEquals } from "@std/assert";
import type { AgentProgress, HistoryStore } from "../../history/types.ts";
import type { StoreFixture, TestBody } from "../fixture.ts";
import { type Call, callsOf } from "../history_calls.ts";

/** Steps of one random run. */
const STEPS = 150;

/** A batch on its way from an agent. */
interface Sent extends AgentProgress {
  agent: SendingAgent;
  calls: readonly Call[];
}

/** An agent that sends one batch at a time, again to whichever reporter it has. */
class SendingAgent {
  readonly id: string;
  readonly totals = new Map<number, number>();
  reporter: CommittingReporter;
  #epoch = 1;
  #seq = 0;
  #underWay: Sent | undefined;

  constructor(id: string, reporter: CommittingReporter) {
    this.id = id;
    this.reporter = reporter;
  }

  get isIdle(): boolean {
    return this.#underWay === undefined;
  }

  send(calls: readonly Call[]): void {
    if (!this.isIdle) return;
    for (const { ip, calls: count } of calls) {
      this.totals.set(ip, (this.totals.get(ip) ?? 0) + count);
    }
    this.#seq += 1;
    const progress = { epoch: this.#epoch, seq: this.#seq };
    this.#underWay = { agent: this, ...progress, calls };
    this.reporter.take(this.#underWay);
  }

  /** Connects to a reporter; the one before may have what was sent to it, too. */
  connect(reporter: CommittingReporter): void {
    this.reporter = reporter;
    if (this.#underWay !== undefined) reporter.take(this.#underWay);
  }

  restart(): void {
    if (!this.isIdle) return;
    this.#epoch += 1;
    this.#seq = 0;
  }

  acknowledge({ epoch, seq }: AgentProgress): void {
    const sent = this.#underWay;
    if (sent?.epoch === epoch && sent.seq <= seq) this.#underWay = undefined;
  }
}

/** A reporter that merges batches and commits them, over a store that may fail. */
class CommittingReporter {
  readonly #store: HistoryStore;
  readonly #known = new Map<string, AgentProgress | undefined>();
  #waiting: Sent[] = [];

  constructor(store: HistoryStore) {
    this.#store = store;
  }

  take(sent: Sent): void {
    this.#waiting.push(sent);
  }

  /** Commits what waits; the answer may be lost, before or after it is done. */
  async commit(
    minute: number,
    failure: "none" | "before" | "after",
  ): Promise<void> {
    await this.#learn(this.#waiting.map(({ agent }) => agent.id));
    this.#waiting = this.#waiting.filter((sent) => !this.#isKnown(sent));
    const latest = new Map<string, Sent[]>();
    for (const sent of this.#waiting) {
      const earlier = latest.get(sent.agent.id) ?? [];
      const isNew = earlier.every(({ epoch, seq }) =>
        epoch !== sent.epoch || seq !== sent.seq
      );
      // One start of an agent in each commit.
      const isSame = earlier.every(({ epoch }) => epoch === sent.epoch);
      if (isNew && isSame) latest.set(sent.agent.id, [...earlier, sent]);
    }
    if (latest.size === 0 || failure === "before") return;
    const agents = [...latest].map(([agent, batches]) => ({
      agent,
      epoch: batches[0]!.epoch,
      seq: Math.max(...batches.map(({ seq }) => seq)),
      expected: this.#known.get(agent),
    }));
    const calls = callsOf(
      [...latest.values()].flat().flatMap((sent) => sent.calls),
    );
    const result = await this.#store.commit({ minute, agents, ...calls });
    if (failure === "after") return;
    if (result.conflicts.length > 0) {
      return await this.#reread(result.conflicts);
    }
    for (const { agent, epoch, seq } of agents) {
      this.#known.set(agent, { epoch, seq });
    }
    this.#waiting = this.#waiting.filter((sent) => !this.#isKnown(sent));
  }

  async #learn(agents: readonly string[]): Promise<void> {
    const unknown = agents.filter((agent) => !this.#known.has(agent));
    const progress = await this.#store.progress(unknown);
    for (const agent of unknown) this.#known.set(agent, progress.get(agent));
  }

  /** What a start of an agent sent that another has followed is committed, or was given up. */
  async #reread(agents: readonly string[]): Promise<void> {
    const before = new Map(this.#known);
    for (const agent of agents) this.#known.delete(agent);
    await this.#learn(agents);
    this.#waiting = this.#waiting.filter(({ agent: { id }, epoch }) =>
      before.get(id)?.epoch !== epoch || this.#known.get(id)?.epoch === epoch
    );
  }

  /** Acknowledges a batch that is committed. */
  #isKnown({ agent, epoch, seq }: Sent): boolean {
    const known = this.#known.get(agent.id);
    if (known?.epoch !== epoch || known.seq < seq) return false;
    agent.acknowledge(known);
    return true;
  }
}

/** Whole numbers below `bound`, the same for the same seed. */
function randomOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * bound);
  };
}

async function run(fixture: StoreFixture, seed: number): Promise<void> {
  const random = randomOf(seed);
  await using first = await fixture.openHistory();
  await using second = await fixture.openHistory();
  const reporters = [
    new CommittingReporter(first),
    new CommittingReporter(second),
  ] as const;
  const agents = ["a", "b", "c", "d"].map((letter) =>
    new SendingAgent(letter.repeat(32), reporters[random(2)]!)
  );
  let minute = 1_000;
  const act = [
    () => {
      const calls = Array.from({ length: 1 + random(3) }, () => ({
        modId: 1,
        cmdId: random(2),
        ip: 1 + random(3),
        port: 80,
        calls: 1 + random(1_000),
        failed: 0,
        us: 1,
      }));
      agents[random(4)]!.send(calls);
    },
    () => agents[random(4)]!.connect(reporters[random(2)]!),
    () => agents[random(4)]!.restart(),
    () => void (minute += random(3)),
    () => reporters[random(2)]!.commit(minute, "none"),
    () => reporters[random(2)]!.commit(minute, "none"),
    () => reporters[random(2)]!.commit(minute, "before"),
    () => reporters[random(2)]!.commit(minute, "after"),
  ];
  for (let step = 0; step < STEPS; step += 1) await act[random(act.length)]!();
  while (!agents.every(({ isIdle }) => isIdle)) {
    for (const reporter of reporters) await reporter.commit(minute, "none");
  }
  const sent = new Map<number, number>();
  for (const { totals } of agents) {
    for (const [ip, calls] of totals) sent.set(ip, (sent.get(ip) ?? 0) + calls);
  }
  const stored = new Map<number, number>();
  for (const cmdId of [0, 1]) {
    const key = { modId: 1, cmdId };
    const range = { key, from: 0, to: minute };
    const hosts = await first.hostHistory({ ...range, tier: "ten" });
    for (const { ip, calls } of hosts) {
      stored.set(ip, (stored.get(ip) ?? 0) + calls);
    }
    const hours = await first.routeHistory({ ...range, tier: "hour" });
    const sum = (rows: readonly { calls: number }[]) =>
      rows.reduce((total, { calls }) => total + calls, 0);
    assertEquals(sum(hosts), sum(hours), `seed ${seed}`);
  }
  assertEquals(stored, sent, `seed ${seed}`);
}

/** What makes sums exact, whatever fails. */
export const exactHistoryTests: Record<string, TestBody> = {
  ...Object.fromEntries(
    [1, 2, 3].map((seed) => [
      `calls are counted once, whichever reporter commits them and whatever answers are lost, seed ${seed}`,
      (fixture: StoreFixture) => run(fixture, seed),
    ]),
  ),
  async "commit() by many at once adds all of them up, and one batch once"(
    fixture,
  ) {
    await using first = await fixture.openHistory();
    await using second = await fixture.openHistory();
    const calls = Array.from({ length: 50 }, (_, index) => ({
      ...{ modId: 1, cmdId: index % 5, ip: 1 + index, port: 80 },
      ...{ calls: 1, failed: 1, us: 1 },
    }));
    const batchOf = (agent: string, seq: number) => {
      const expected = seq === 1 ? undefined : { epoch: 1, seq: seq - 1 };
      const agents = [{ agent, epoch: 1, seq, expected }];
      return { minute: 1_000, agents, ...callsOf(calls) };
    };
    const agents = [..."0123456789abcdef"].map((digit) => digit.repeat(32));
    for (const seq of [1, 2]) {
      const results = await Promise.all(
        agents.flatMap((agent) =>
          [first, second].map((store) => store.commit(batchOf(agent, seq)))
        ),
      );
      const refused = results.flatMap(({ conflicts }) => conflicts);
      assertEquals(refused.sort(), agents);
    }
    const totals = await first.hostTotals({ from: 1_000, to: 1_000 });
    assertEquals(
      totals.map(({ calls }) => calls),
      calls.map(() => agents.length * 2),
    );
  },
  async "addEvents() by many at once makes one, of all callers"(fixture) {
    await using first = await fixture.openHistory();
    await using second = await fixture.openHistory();
    const key = { modId: 1, cmdId: 1, port: 80, kind: 1, reason: 1, minute: 1 };
    const numbers = { calls: 1, failures: 1, meanUs: 1, peersMeanUs: 1 };
    const event = { ...key, ...numbers, names: [], callers: 1, policy: "lars" };
    for (const ip of [1, 2, 3]) {
      await Promise.all(
        Array.from({ length: 4 }, () => [first, second]).flat()
          .map((store) => store.addEvents([{ ...event, ip }])),
      );
    }
    const events = await first.events({ limit: 9 });
    assertEquals(events.map(({ callers }) => callers), [8, 8, 8]);
  },
};
