import {
  DEFAULT_POLICY_SETTINGS,
  Shard,
  ShardDatagrams,
} from "../../../agent/mod.ts";
import { UdpServer } from "../../../net/mod.ts";
import {
  encodeExplainRequest,
  encodeFrame,
  type HostAddress,
  lars,
  MessageId,
  parseAddress,
  toWireAddress,
} from "../../../proto/mod.ts";
import { parseRecording } from "../commands/replay/recording.ts";
import { runLars } from "../program.ts";
import { FakeEnvironment } from "./fake_environment.ts";

/** A real shard behind a socket of the environment, with route (1, 1), whose sum belongs to port 8890. */
export class ShardFixture implements AsyncDisposable {
  /** Of the route. */
  static readonly hosts = [
    parseAddress("10.0.0.1:1001"),
    parseAddress("10.0.0.2:1002"),
  ] as const;
  readonly environment = new FakeEnvironment();
  #stop = new AbortController();
  #shard!: Shard;
  #datagrams!: ShardDatagrams;
  #serving!: Promise<void>;

  constructor() {
    this.start();
  }

  /** Opens the socket of a new shard. */
  start(): void {
    this.replace();
    const { transport, clock } = this.environment;
    const server = new UdpServer({
      socket: transport.bind({ hostname: "127.0.0.1", port: 8890 }),
      clock,
      handle: (request, response) => this.#handle(request, response),
    });
    this.#stop = new AbortController();
    this.#serving = server.run(this.#stop.signal);
  }

  /** Puts a shard behind the socket that knows the route, and has seen no call. */
  replace(): void {
    const shard = new Shard({
      policy: "lars",
      settings: DEFAULT_POLICY_SETTINGS,
      healthChecks: false,
      random: () => 0,
      outbox: {
        pull: () => {},
        status: () => {},
        forget: () => {},
        healthCheck: () => {},
        totalsDue: () => {},
        totals: () => {},
        states: () => {},
        events: () => {},
      },
    });
    this.#shard = shard;
    this.#datagrams = new ShardDatagrams(shard, {
      index: 0,
      shards: 1,
      forward: () => {},
    });
    this.update(ShardFixture.hosts);
  }

  /** Tells the shard the hosts of the route. */
  update(hosts: readonly HostAddress[]): void {
    const nowMs = this.environment.clock.nowMs();
    this.#shard.update({ modId: 1, cmdId: 1, hosts }, nowMs);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.environment.clock.advance(100);
    await this.#serving;
  }

  report(host: HostAddress, returnCode: number, durationUs = 0): void {
    const body = lars.ReportRequest.encode({
      modid: 1,
      cmdid: 1,
      host: toWireAddress(host),
      retcode: returnCode,
      duration_us: durationUs,
    }).finish();
    this.#handle(encodeFrame(MessageId.reportRequest, body));
  }

  getHost(): void {
    const body = lars.GetHostRequest.encode({ modid: 1, cmdid: 1 }).finish();
    this.#handle(encodeFrame(MessageId.getHostRequest, body));
  }

  /** Has the calls of the route recorded. */
  askForCalls(): void {
    const request = { seq: 1, modId: 1, cmdId: 1, withCalls: true };
    const after = { afterCall: 0, afterDecision: 0, afterHost: 0 };
    const body = encodeExplainRequest({ ...request, ...after });
    this.#handle(encodeFrame(MessageId.explainRequest, body));
  }

  /** Lets a call arrive each 10 ms; `ms` is what each took. */
  async call(durationMs: number, ms: number): Promise<void> {
    for (let atMs = 0; atMs < durationMs; atMs += 10) {
      await this.environment.clock.advance(10);
      this.getHost();
      this.report(ShardFixture.hosts[0], 0, ms * 1_000);
    }
  }

  /** How many calls of 1 ms to 4 ms were recorded. */
  recorded(): number[] {
    const { events } = parseRecording(this.environment.output, "-");
    const took = events.flatMap((event) =>
      event.kind === "report" ? [event.durationUs / 1_000] : []
    );
    return [1, 2, 3, 4].map((ms) => took.filter((each) => each === ms).length);
  }

  lars(...parameters: string[]): Promise<number> {
    return this.environment.finish(runLars(parameters, this.environment));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #handle(
    request: Uint8Array,
    response: Uint8Array = new Uint8Array(65_507),
  ): number {
    const nowMs = this.environment.clock.nowMs();
    this.#shard.tick(nowMs);
    return this.#datagrams.handle(request, response, nowMs);
  }
}
