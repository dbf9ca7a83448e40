import type { Clock, DatagramTransport } from "../../net/client.ts";
import { UdpServer } from "../../net/mod.ts";
import {
  encodeBeatResponse,
  encodeDeregisterResponse,
  encodeFrame,
  encodeRegisterResponse,
  formatAddress,
  fromWireAddress,
  InstanceState,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
  readBeatRequest,
  readDeregisterRequest,
  readRegisterRequest,
  type RegisterRequest,
  ReturnCode,
  toWireAddress,
} from "../../proto/mod.ts";

/** Sends an answer, with these fields in place of its own. */
export type SendHost = (change?: lars.GetHostResponse.$Properties) => void;

/** Sends an explanation. */
export type SendExplanation = (
  explanation: lars.ExplainResponse.$Properties,
) => void;

/** An agent for tests: three UDP servers that answer from a script and remember what they got. */
export class FakeAgent {
  /** The hosts of each route, as "modid,cmdid" to "IP:PORT"; picked in turn. */
  readonly routes: Record<string, string[]>;
  readonly hostRequests: { port: number; request: lars.GetHostRequest }[] = [];
  readonly routeRequests: lars.GetRouteRequest[] = [];
  readonly explainRequests: { port: number; request: lars.ExplainRequest }[] =
    [];
  readonly reports: { port: number; report: lars.ReportRequest }[] = [];
  /** Hosts that are shown as overloaded. */
  readonly overloaded = new Set<string>();
  /** Hosts that are shown as drained. */
  readonly drained = new Set<string>();
  /** How a request for a host is answered; tests put their own here. */
  onHost: (request: lars.GetHostRequest, send: SendHost) => void = (_, send) =>
    send();
  /** How a request to explain is answered; by default not, as by the original. */
  onExplain: (request: lars.ExplainRequest, send: SendExplanation) => void =
    () => {};
  /** Programs that are registered, by their instance; those with `leavesMs` end then. */
  readonly instances = new Map<
    string,
    RegisterRequest & { leavesMs?: number }
  >();
  /** What programs said, with the clock's milliseconds: "register", "beat", "not ready", "deregister". */
  readonly registrations: { said: string; atMs: number }[] = [];
  /** How it answers a program that is ready. */
  answer: { state: number; reason: string; heartbeatMs: number } = {
    state: InstanceState.served,
    reason: "",
    heartbeatMs: 5_000,
  };
  /** What it knows of the calls of programs that leave. */
  leavingCalls = { inFlight: 0, callers: 0 };
  /** Whether it takes registrations; false is an original one, or an older. */
  takesRegistrations = true;
  /** Time in which shared hosts may be used; 0: one request for each host, as the original. */
  useMs = 0;
  /** How many of the next requests for all hosts stay unanswered. */
  ignoreRoutes = 0;
  readonly #transport: DatagramTransport;
  readonly #clock: Clock;
  readonly #port: number;
  #picks = 0;

  constructor(options: {
    transport: DatagramTransport;
    clock: Clock;
    port?: number;
    routes?: Record<string, string[]>;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#port = options.port ?? 8888;
    this.routes = options.routes ?? { "1,1": ["192.168.1.177:7777"] };
  }

  /** Answers until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const servers = [0, 1, 2].map((index) => {
      const port = this.#port + index;
      const socket = this.#transport.bind({ hostname: "127.0.0.1", port });
      const server = new UdpServer({
        socket,
        clock: this.#clock,
        handle: (request) => {
          const from = server.sender();
          this.#handle(port, request, (frame) => server.send(frame, from));
          return 0;
        },
      });
      return server;
    });
    await Promise.all(servers.map((server) => server.run(signal)));
  }

  #handle(
    port: number,
    datagram: Uint8Array,
    send: (frame: Uint8Array) => void,
  ): void {
    const { id, body } = parseDatagram(datagram)!;
    if (id === MessageId.getHostRequest) {
      const request = lars.GetHostRequest.decode(body);
      this.hostRequests.push({ port, request });
      this.onHost(request, (change) => {
        const answer = { ...this.#pick(request), ...change };
        const bytes = lars.GetHostResponse.encode(answer).finish();
        send(encodeFrame(MessageId.getHostResponse, bytes));
      });
    } else if (id === MessageId.reportRequest) {
      this.reports.push({ port, report: lars.ReportRequest.decode(body) });
    } else if (id === MessageId.explainRequest) {
      const request = lars.ExplainRequest.decode(body);
      this.explainRequests.push({ port, request });
      this.onExplain(request, (explanation) => {
        const { seq, modid, cmdid } = request;
        const answer = { seq, modid, cmdid, ...explanation };
        const bytes = lars.ExplainResponse.encode(answer).finish();
        send(encodeFrame(MessageId.explainResponse, bytes));
      });
    } else if (id === MessageId.apiGetRouteRequest) {
      const request = lars.GetRouteRequest.decode(body);
      this.routeRequests.push(request);
      if (this.ignoreRoutes-- > 0) return;
      const bytes = lars.GetRouteResponse.encode(this.#route(request)).finish();
      send(encodeFrame(MessageId.apiGetRouteResponse, bytes));
    } else if (this.takesRegistrations) {
      this.#handleRegistration(id, body, send);
    }
  }

  #handleRegistration(
    id: number,
    body: Uint8Array,
    send: (frame: Uint8Array) => void,
  ): void {
    if (id === MessageId.registerRequest) {
      const { seq, ...request } = readRegisterRequest(body)!;
      this.#said("register");
      this.instances.set(request.instance, { ...request, seq: 0 });
      const answer = this.#status(request.instance);
      const bytes = encodeRegisterResponse({ seq, ...answer });
      send(encodeFrame(MessageId.registerResponse, bytes));
    } else if (id === MessageId.beatRequest) {
      const { seq, instance, notReady } = readBeatRequest(body)!;
      this.#said(notReady ? "not ready" : "beat");
      const known = this.instances.get(instance);
      if (known) known.notReady = notReady;
      const bytes = encodeBeatResponse({ seq, ...this.#status(instance) });
      send(encodeFrame(MessageId.beatResponse, bytes));
    } else if (id === MessageId.deregisterRequest) {
      const { seq, instance, drainMs } = readDeregisterRequest(body)!;
      this.#said("deregister");
      const known = this.instances.get(instance);
      if (known) known.leavesMs ??= this.#clock.nowMs() + drainMs;
      const done = (known?.leavesMs ?? 0) <= this.#clock.nowMs();
      if (done) this.instances.delete(instance);
      const calls = done ? { inFlight: 0, callers: 0 } : this.leavingCalls;
      const answer = { seq, instance, done, ...calls };
      const bytes = encodeDeregisterResponse(answer);
      send(encodeFrame(MessageId.deregisterResponse, bytes));
    }
  }

  #said(said: string): void {
    this.registrations.push({ said, atMs: this.#clock.nowMs() });
  }

  #status(instance: string) {
    const known = this.instances.get(instance);
    const { heartbeatMs } = this.answer;
    if (known === undefined) {
      const state = InstanceState.unknown;
      return { instance, state, reason: "", heartbeatMs };
    }
    return known.notReady
      ? { instance, state: InstanceState.notReady, reason: "", heartbeatMs }
      : { instance, ...this.answer };
  }

  /** Every result that came in any way, as "IP:PORT returnCode", or "unused". */
  get results(): string[] {
    return [
      ...this.reports.flatMap(({ report }) => [report, ...report.more]),
      ...this.hostRequests.flatMap(({ request }) => request.results),
    ].filter(({ host }) => host).map((result) => {
      const address = formatAddress(fromWireAddress(result.host!));
      const unused = "unused" in result && result.unused;
      return `${address} ${unused ? "unused" : result.retcode ?? 0}`;
    });
  }

  #pick(
    { seq, modid, cmdid, count }: lars.GetHostRequest,
  ): lars.GetHostResponse.$Properties {
    const hosts = this.routes[`${modid},${cmdid}`] ?? [];
    const use_ms = count > 0 ? this.useMs : 0;
    if (hosts.length === 0) {
      return { seq, modid, cmdid, retcode: ReturnCode.noSuchRoute, use_ms };
    }
    const wanted = use_ms > 0 ? count : 1;
    const [host, ...more] = Array.from(
      { length: wanted },
      () => toWireAddress(parseAddress(hosts[this.#picks++ % hosts.length]!)),
    );
    return { seq, modid, cmdid, host: host!, more, use_ms };
  }

  #route(request: lars.GetRouteRequest): lars.GetRouteResponse.$Properties {
    const { modid, cmdid, with_state } = request;
    const hosts = this.routes[`${modid},${cmdid}`] ?? [];
    const host = hosts.map((address) => ({
      ...toWireAddress(parseAddress(address)),
      ...(with_state && this.overloaded.has(address) ? { overload: true } : {}),
      ...(with_state && this.drained.has(address) ? { drained: true } : {}),
    }));
    return { modid, cmdid, host };
  }
}
