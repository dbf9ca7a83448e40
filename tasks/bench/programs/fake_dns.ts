import {
  DenoTransport,
  loggerOf,
  MessageRouter,
  SystemClock,
  systemRandom,
  TcpServer,
} from "../../../net/mod.ts";
import {
  decodeBody,
  type HostAddress,
  lars,
  MessageId,
  type RouteKey,
  toWireAddress,
} from "../../../proto/mod.ts";

/** Most connections; an agent has two. */
const CONNECTIONS_MAX = 64;

/** A dns whose routes a function computes, and a reporter that discards statuses, on one port. */
export class FakeDns implements AsyncDisposable {
  readonly address: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(hostsOf: (key: RouteKey) => readonly HostAddress[]) {
    const router = new MessageRouter()
      .on(MessageId.getRouteRequest, (connection, body) => {
        const { modid, cmdid } = decodeBody(lars.GetRouteRequest, body);
        const hosts = hostsOf({ modId: modid, cmdId: cmdid });
        const answer = lars.GetRouteResponse.encode({
          modid,
          cmdid,
          host: hosts.map(toWireAddress),
        }).finish();
        connection.send(MessageId.getRouteResponse, answer);
      })
      .on(MessageId.reportStatusRequest, () => {});
    const server = new TcpServer({
      transport: new DenoTransport(),
      clock: new SystemClock(),
      random: systemRandom,
      logger: loggerOf("bench"),
      at: { hostname: "127.0.0.1", port: 0 },
      connectionsMax: CONNECTIONS_MAX,
      router,
    });
    this.address = `127.0.0.1:${server.local.port}`;
    this.#running = server.run(this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

/** `count` hosts for any route, the same each time. */
export function hostsFor(
  { modId, cmdId }: RouteKey,
  count: number,
): HostAddress[] {
  const first = 0x0a000000 + ((modId * 1_009 + cmdId) % 65_536) * 64;
  return Array.from(
    { length: count },
    (_, index) => ({ ip: first + index, port: 7_777 }),
  );
}
