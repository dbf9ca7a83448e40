import { ProtocolError } from "../../proto/mod.ts";
import { MessageRouter } from "../tcp/router.ts";
import { TcpServer, type TcpServerOptions } from "../tcp/server.ts";
import type { StreamListener } from "../transport.ts";
import {
  collect,
  logger,
  type NetworkFixture,
  networkFixture,
  SERVER,
} from "./mod.ts";

/** A body without fields. */
export const EMPTY = new Uint8Array();
/** A frame with a negative length. */
export const NOT_LARS = new Uint8Array([1, 0, 0, 0, 255, 255, 255, 255]);

/** Starts a server on the far machine: id 1 is echoed, 2 never ends, 3 does not decode, 4 throws. */
export function startServer(
  all = networkFixture(),
  options: Partial<TcpServerOptions> = {},
) {
  const { clock, random } = all;
  const router = new MessageRouter()
    .on(1, (connection, body) => void connection.send(1, body))
    .on(2, () => new Promise(() => {}))
    .on(3, () => {
      throw new ProtocolError("Cannot decode");
    })
    .on(4, () => Promise.reject(new TypeError("a bug")));
  const server = new TcpServer({
    transport: all.far,
    clock,
    random,
    logger,
    at: SERVER,
    connectionsMax: 100,
    router,
    ...options,
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  running.catch(() => {});
  async function connect() {
    const connecting = all.near.connect(SERVER);
    await clock.advance(1);
    const stream = await connecting;
    return { stream, got: collect(stream) };
  }
  async function end() {
    stop.abort();
    await clock.advance(2_000);
    await running;
  }
  return { ...all, server, router, stop, running, connect, end };
}

/** Tells whether a promise is settled, without waiting for it. */
export function watch(promise: Promise<unknown>): () => boolean {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  return () => settled;
}

/** A transport whose listener fails `failures` times, as without file descriptors. */
export function exhausted(all: NetworkFixture, failures: number) {
  const calls: number[] = [];
  const listen = (at: typeof SERVER): StreamListener => {
    const real = all.far.listen(at);
    return {
      local: real.local,
      accept: () => {
        calls.push(all.clock.nowMs());
        if (calls.length > failures) return real.accept();
        return Promise.reject(
          Object.assign(new Error("Too many open files (os error 24)"), {
            code: "EMFILE",
          }),
        );
      },
      close: () => real.close(),
      [Symbol.dispose]: () => real.close(),
    };
  };
  return { calls, transport: { ...all.far, listen } };
}
