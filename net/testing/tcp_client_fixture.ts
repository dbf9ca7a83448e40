import type { Endpoint } from "../../proto/mod.ts";
import { MessageRouter } from "../tcp/router.ts";
import { TcpClient, type TcpClientOptions } from "../tcp/client.ts";
import type { ByteStream, StreamListener } from "../transport.ts";
import { logger, type NetworkFixture, settle } from "./mod.ts";

/** A body without fields. */
export const EMPTY = new Uint8Array();
/** Three servers on two machines. */
export const [A, B, C]: [Endpoint, Endpoint, Endpoint] = [
  { hostname: "10.0.0.1", port: 1 },
  { hostname: "10.0.0.1", port: 2 },
  { hostname: "10.0.0.3", port: 3 },
];

/** Accepts every connection at an endpoint and records when. */
export function acceptAt(
  all: NetworkFixture,
  at: Endpoint,
  onAccept: (stream: ByteStream) => void = () => {},
) {
  const listener: StreamListener = all.network.machine(at.hostname).listen(at);
  const streams: ByteStream[] = [];
  const timesMs: number[] = [];
  async function run() {
    for (;;) {
      const stream = await listener.accept().catch(() => null);
      if (stream === null) return;
      streams.push(stream);
      timesMs.push(all.clock.nowMs());
      onAccept(stream);
    }
  }
  run();
  return {
    streams,
    timesMs,
    /** As when the process is killed. */
    kill: () => {
      listener.close();
      for (const stream of streams) stream.close();
    },
  };
}

/** Starts a client on the near machine and records its events. */
export function startClient(
  all: NetworkFixture,
  addresses: Endpoint[],
  options: Partial<TcpClientOptions> = {},
) {
  const events: string[] = [];
  const client = new TcpClient({
    transport: all.near,
    clock: all.clock,
    random: () => 0,
    logger,
    addresses,
    router: new MessageRouter().on(
      4,
      () => Promise.reject(new TypeError("a bug")),
    ),
    onConnected: (connection) => {
      events.push(
        `up ${connection.remote.port}@${Math.round(all.clock.nowMs())}`,
      );
    },
    onDisconnected: () =>
      void events.push(`down@${Math.round(all.clock.nowMs())}`),
    ...options,
  });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  running.catch(() => {});
  async function end() {
    stop.abort();
    await settle();
    await running;
  }
  return { client, events, stop, running, end };
}

/** A transport that records each attempt to connect, and how many connections are open. */
export function watchConnects(all: NetworkFixture) {
  const attempts: { atMs: number; port: number }[] = [];
  let open = 0;
  let openMax = 0;
  const connect = async (
    to: Endpoint,
    signal?: AbortSignal,
  ): Promise<ByteStream> => {
    attempts.push({ atMs: Math.round(all.clock.nowMs()), port: to.port });
    const stream = await all.near.connect(to, signal);
    openMax = Math.max(openMax, ++open);
    let isOpen = true;
    const close = stream.close.bind(stream);
    stream.close = () => {
      if (isOpen) open -= 1;
      isOpen = false;
      close();
    };
    return stream;
  };
  return {
    attempts,
    open: () => open,
    openMax: () => openMax,
    transport: { ...all.near, connect },
  };
}
