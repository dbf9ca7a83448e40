import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import type { Random } from "../../net/mod.ts";
import type { HostPeriodRow } from "../../store/mod.ts";
import { MemoryHistoryStore } from "../../store/memory/history_store.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import type { AlarmSink } from "../alarms/alarm_sink.ts";
import type { HistorySink } from "../history/history_sink.ts";
import { KnownHosts } from "../hosts/known_hosts.ts";
import {
  type HistoryCall,
  historySink,
  HistoryThread,
} from "../history/history_thread.ts";
import {
  ReporterServer,
  type ReporterServerOptions,
} from "../reporter_server.ts";
import { AWAY } from "./reporter_fixture.ts";
import { FakeAgent } from "./fake_agent.ts";
import { FakeStatusSink } from "./fake_status_sink.ts";

/** What becomes of a call of the store. */
export type Fate = "done" | "failed" | "done but failed" | "never ends";

/** A reporter over a shared store. */
export interface FakeReporter {
  server: ReporterServer;
  /** Resolves when it has ended. */
  running: Promise<void>;
  /** Its store. */
  sink: HistorySink & AlarmSink;
  stop: AbortController;
  /** What becomes of the next calls of its store. */
  fate: (call: HistoryCall) => Fate;
}

/** Reporters over one history, and agents, in virtual time. */
export class HistoryFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly store = new MemoryHistoryStore({ clock: this.clock });
  readonly routes = new MemoryStore();
  readonly reporters: FakeReporter[] = [];
  readonly network: MemoryNetwork;
  readonly #random: Random;
  #machines = 0;

  constructor({ random = () => 0 }: { random?: Random } = {}) {
    this.#random = random;
    this.network = new MemoryNetwork({ clock: this.clock, random });
  }

  /** A reporter with a machine of its own. */
  addReporter(
    { onRoutes }: Pick<ReporterServerOptions, "onRoutes"> = {},
  ): FakeReporter {
    const { clock } = this;
    const thread = new HistoryThread({
      open: () => Promise.resolve(this.store.connect()),
      openRoutes: () => Promise.resolve(this.routes.connect()),
      openAdmin: () => Promise.resolve(this.routes.admin()),
      openLeases: () => Promise.resolve(this.routes.leases()),
      clock,
      hosts: new KnownHosts({
        open: () => Promise.resolve(this.routes.connect()),
        clock,
      }),
    });
    const stop = new AbortController();
    const faults: Pick<FakeReporter, "fate"> = { fate: () => "done" };
    const sink = faultySink(thread, (call) => faults.fate(call));
    const server = ReporterServer.open({
      transport: this.network.machine(`10.0.0.${this.reporters.length + 1}`),
      clock,
      random: this.#random,
      sinks: [new FakeStatusSink()],
      history: sink,
      onRoutes,
      at: { hostname: "127.0.0.1", port: 0 },
      connectionsMax: 16,
      batchRowsMax: 1_000,
      keysMax: 1_000,
    });
    const reporter = Object.assign(faults, {
      sink,
      server,
      stop,
      running: server.run(stop.signal),
    });
    this.reporters.push(reporter);
    return reporter;
  }

  /** An agent on a machine of its own. */
  addAgent(): FakeAgent {
    this.#machines += 1;
    const transport = this.network.machine(`10.0.1.${this.#machines}`);
    return new FakeAgent(this.#machines, { transport, clock: this.clock });
  }

  /** Connects an agent to a reporter, and lets it say who it is. */
  async connect(agent: FakeAgent, reporter: FakeReporter): Promise<void> {
    const connecting = agent.connect(reporter.server.local);
    await this.clock.advance(1);
    await connecting;
    await this.clock.advance(1);
  }

  /** All calls by host, over all minutes. */
  async hosts(): Promise<HostPeriodRow[]> {
    return await this.store.hostTotals({ from: 0, to: 2 ** 31 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { stop } of this.reporters) stop.abort();
    await this.clock.advance(10_000);
    await Promise.all(this.reporters.map(({ running }) => running));
  }
}

function faultySink(
  thread: HistoryThread,
  fateOf: (call: HistoryCall) => Fate,
): HistorySink & AlarmSink {
  return historySink(async (call) => {
    const fate = fateOf(call);
    if (fate === "never ends") await new Promise(() => {});
    if (fate === "failed") throw AWAY;
    const value = await thread.do(call);
    if (fate === "done but failed") throw AWAY;
    return value;
  });
}
