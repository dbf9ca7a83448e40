/**
 * Callers that share one LarsClient, each with one getHost and report after the
 * other; prints a line of JSON:
 * `client.ts PORT PID IN_FLIGHT SECONDS WARM_UP one-by-one|batched`.
 *
 * @module
 */
import { LarsClient } from "../../../api/mod.ts";
import { createHistogram } from "node:perf_hooks";
import { cpuNs } from "../../local/process_usage.ts";

/** The one route, as in a program that calls one service. */
const KEY = { modId: 1, cmdId: 1 };

class PairLoad {
  /** In whole microseconds, at least 1. */
  latencyUs = createHistogram();
  hostless = 0;
  readonly #client: LarsClient;
  readonly #stop: AbortSignal;

  constructor(client: LarsClient, stop: AbortSignal) {
    this.#client = client;
    this.#stop = stop;
  }

  /** One caller: a getHost and its report after the other. */
  async run(): Promise<void> {
    const { modId, cmdId } = KEY;
    while (!this.#stop.aborted) {
      const startMs = performance.now();
      const outcome = await this.#client.getHost(modId, cmdId);
      if (outcome.state === "found") {
        const { host } = outcome;
        await this.#client.report(modId, cmdId, { host, returnCode: 0 });
      } else this.hostless += 1;
      this.latencyUs.record(
        Math.max(1, Math.round((performance.now() - startMs) * 1_000)),
      );
    }
  }
}

if (import.meta.main) {
  const mode = Deno.args.at(-1);
  const [port = 0, pid = 0, inFlight = 1, seconds = 1, warmUpSeconds = 0] = Deno
    .args.slice(0, -1).map(Number);
  await using client = LarsClient.open({
    agent: { hostname: "127.0.0.1", port },
    timeoutMs: 500,
    batching: mode === "batched",
  });
  const stop = new AbortController();
  const load = new PairLoad(client, stop.signal);
  const running = Array.from({ length: inFlight }, () => load.run());
  await sleep(warmUpSeconds * 1_000);
  const before = readUsage(pid);
  load.latencyUs = createHistogram();
  load.hostless = 0;
  const datagrams = client.counters.sent;
  await sleep(seconds * 1_000);
  const { latencyUs, hostless } = load;
  const after = readUsage(pid);
  const pairs = latencyUs.count;
  console.log(JSON.stringify({
    pairsPerSecond: pairs / (after.atMs - before.atMs) * 1_000,
    serverCpuUs: (after.serverNs - before.serverNs) / 1_000 / pairs,
    clientCpuUs: (after.clientNs - before.clientNs) / 1_000 / pairs,
    datagramsPerPair: (client.counters.sent - datagrams) / pairs,
    p50Us: latencyUs.percentile(50),
    p99Us: latencyUs.percentile(99),
    hostless,
  }));
  stop.abort();
  await Promise.all(running);
}

function readUsage(pid: number) {
  const atMs = performance.now();
  return { atMs, serverNs: cpuNs(pid), clientNs: cpuNs(Deno.pid) };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
