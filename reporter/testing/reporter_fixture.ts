import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { FramedConnection } from "../../net/mod.ts";
import { lars, MessageId } from "../../proto/mod.ts";
import { StoreError } from "../../store/mod.ts";
import { FakeStatusSink } from "./fake_status_sink.ts";
import {
  ReporterServer,
  type ReporterServerOptions,
} from "../reporter_server.ts";

/** What a store throws that cannot be reached. */
export const AWAY = new StoreError("Cannot reach store", { retry: true });

/** A running reporter with sinks to look into. */
export class ReporterFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly sinks: FakeStatusSink[];
  readonly server: ReporterServer;
  readonly stop = new AbortController();
  readonly running: Promise<void>;
  readonly #network = new MemoryNetwork({
    clock: this.clock,
    random: () => 0,
  });

  constructor(
    options: Partial<ReporterServerOptions> & { sinkCount?: number } = {},
  ) {
    this.sinks = Array.from(
      { length: options.sinkCount ?? 1 },
      () => new FakeStatusSink(),
    );
    this.server = ReporterServer.open({
      transport: this.#network.machine("10.0.0.1"),
      clock: this.clock,
      random: () => 0,
      sinks: this.sinks,
      at: { hostname: "127.0.0.1", port: 0 },
      connectionsMax: 16,
      batchRowsMax: 1_000,
      keysMax: 1_000,
      ...options,
    });
    this.running = this.server.run(this.stop.signal);
    // A test of a failure awaits it itself.
    this.running.catch(() => {});
  }

  get sink(): FakeStatusSink {
    return this.sinks[0]!;
  }

  async connect(from = "10.0.0.2"): Promise<FramedConnection> {
    const connecting = this.#network.machine(from)
      .connect(this.server.local);
    await this.clock.advance(0);
    return new FramedConnection(await connecting);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.clock.advance(10_000);
    await this.running;
  }
}

/** A status of route (1, cmdId) with one host that was called `succ` times. */
export function status(cmdId: number, succ: number): Uint8Array {
  return encode({ cmdid: cmdId, results: [{ ip: 1, port: 80, succ }] });
}

/** A status of module 1 as an agent sends it. */
export function encode(
  message: lars.ReportStatusRequest.$Properties,
): Uint8Array {
  return lars.ReportStatusRequest.encode({ modid: 1, ...message }).finish();
}

/** Sends statuses as an agent. */
export function send(agent: FramedConnection, ...bodies: Uint8Array[]): void {
  for (const body of bodies) agent.send(MessageId.reportStatusRequest, body);
}
