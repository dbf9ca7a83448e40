/**
 * Sends frames through TCP clients of `net/`, one outstanding on each, and
 * prints a line of JSON: `tcp_echo_client.ts PORT CONNECTIONS SECONDS WARM_UP PID`.
 *
 * @module
 */
import { createHistogram } from "node:perf_hooks";
import {
  DenoTransport,
  type FramedConnection,
  loggerOf,
  MessageRouter,
  SystemClock,
  systemRandom,
  TcpClient,
} from "../../../net/mod.ts";
import { MessageId } from "../../../proto/mod.ts";
import { cpuNs } from "../../local/process_usage.ts";

/** As long as a getRoute answer of three hosts. */
const BODY = new Uint8Array(50).fill(1);

/** Answers lead to the next frame on the same connection. */
class EchoLoad {
  /** In whole microseconds, at least 1. */
  latencyUs = createHistogram();

  client(port: number): TcpClient {
    let sentMs = 0;
    const send = (connection: FramedConnection) => {
      sentMs = performance.now();
      connection.send(MessageId.getRouteRequest, BODY);
    };
    const router = new MessageRouter().on(
      MessageId.getRouteRequest,
      (connection) => {
        this.latencyUs.record(
          Math.max(1, Math.round((performance.now() - sentMs) * 1_000)),
        );
        send(connection);
      },
    );
    return new TcpClient({
      transport: new DenoTransport(),
      clock: new SystemClock(),
      random: systemRandom,
      logger: loggerOf("bench"),
      addresses: [{ hostname: "127.0.0.1", port }],
      router,
      onConnected: send,
    });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const [port = 0, connections = 1, seconds = 1, warmUpSeconds = 0, pid = 0] =
    Deno.args.map(Number);
  const stop = new AbortController();
  const load = new EchoLoad();
  const running = Array.from(
    { length: connections },
    () => load.client(port).run(stop.signal),
  );
  await sleep(warmUpSeconds * 1_000);
  const before = { atMs: performance.now(), cpuNs: cpuNs(pid) };
  load.latencyUs = createHistogram();
  await sleep(seconds * 1_000);
  const { latencyUs } = load;
  const elapsedSeconds = (performance.now() - before.atMs) / 1_000;
  const serverUs = (cpuNs(pid) - before.cpuNs) / 1_000;
  console.log(JSON.stringify({
    echoesPerSecond: latencyUs.count / elapsedSeconds,
    serverCpuUs: serverUs / latencyUs.count,
    p50Us: latencyUs.percentile(50),
    p99Us: latencyUs.percentile(99),
  }));
  stop.abort();
  await Promise.all(running);
}
