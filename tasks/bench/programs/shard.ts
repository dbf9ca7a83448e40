/**
 * Cost of datagrams in a shard alone, without sockets; prints a line of JSON:
 * `shard.ts POLICY SECONDS WARM_UP`.
 *
 * @module
 */
import { median } from "simple-statistics";
import {
  DEFAULT_POLICY_SETTINGS,
  Shard,
  ShardDatagrams,
} from "../../../agent/mod.ts";
import { systemRandom } from "../../../net/mod.ts";
import {
  DATAGRAM_BYTES_MAX,
  encodeFrame,
  lars,
  MessageId,
  toWireAddress,
} from "../../../proto/mod.ts";
import { hostsFor } from "./fake_dns.ts";

/** Routes, which take turns, and hosts of each. */
const ROUTES = 10;
const HOSTS = 10;

/** Calls between two readings of the clock and of the heap. */
const SLICE_CALLS = 50_000;

/** Virtual time between two calls, and between two ticks of the shard. */
const CALL_MS = 0.001;
const TICK_CALLS = 100_000;

const DURATION_US = 1_234;

/** A shard in virtual time, with a request and reports of success for each route. */
class ShardLoad {
  readonly getHosts: Uint8Array[] = [];
  readonly reports: Uint8Array[] = [];
  readonly #shard: Shard;
  readonly #datagrams: ShardDatagrams;
  readonly #response = new Uint8Array(DATAGRAM_BYTES_MAX);
  #calls = 0;

  constructor(policy: string) {
    this.#shard = new Shard({
      policy,
      settings: DEFAULT_POLICY_SETTINGS,
      healthChecks: false,
      random: systemRandom,
      outbox: {
        healthCheck() {},
        pull() {},
        status() {},
        forget() {},
        states() {},
        events() {},
        totalsDue() {},
        totals() {},
      },
    });
    this.#datagrams = new ShardDatagrams(this.#shard, {
      index: 0,
      shards: 1,
      forward() {},
    });
    for (let modid = 1; modid <= ROUTES; modid++) this.#addRoute(modid, 7);
  }

  /**
   * Handles `datagrams` in turn for `seconds`: nanoseconds and bytes of new
   * objects for each. Bytes are those of the median slice, as a garbage
   * collection makes some negative.
   */
  measure(
    datagrams: readonly Uint8Array[],
    seconds: number,
  ): { ns: number; bytes: number } {
    const bytes: number[] = [];
    let ms = 0;
    while (ms < seconds * 1_000) {
      const heapBytes = Deno.memoryUsage().heapUsed;
      const startedMs = performance.now();
      this.#handleSlice(datagrams);
      ms += performance.now() - startedMs;
      bytes.push((Deno.memoryUsage().heapUsed - heapBytes) / SLICE_CALLS);
    }
    const ns = ms * 1e6 / (bytes.length * SLICE_CALLS);
    return { ns, bytes: Math.max(0, median(bytes)) };
  }

  #handleSlice(datagrams: readonly Uint8Array[]): void {
    for (let call = 0; call < SLICE_CALLS; call++) {
      const nowMs = ++this.#calls * CALL_MS;
      const datagram = datagrams[this.#calls % datagrams.length]!;
      this.#datagrams.handle(datagram, this.#response, nowMs);
      if (this.#calls % TICK_CALLS === 0) this.#shard.tick(nowMs);
    }
  }

  #addRoute(modid: number, cmdid: number): void {
    const key = { modId: modid, cmdId: cmdid };
    const hosts = hostsFor(key, HOSTS);
    this.#shard.update({ ...key, hosts }, 0);
    this.getHosts.push(encodeFrame(
      MessageId.getHostRequest,
      lars.GetHostRequest.encode({ seq: modid, modid, cmdid }).finish(),
    ));
    for (const address of hosts) {
      const host = toWireAddress(address);
      const report = { modid, cmdid, host, duration_us: DURATION_US };
      this.reports.push(encodeFrame(
        MessageId.reportRequest,
        lars.ReportRequest.encode(report).finish(),
      ));
    }
  }
}

if (import.meta.main) {
  const [policy = "", seconds, warmUpSeconds] = Deno.args;
  const load = new ShardLoad(policy);
  load.measure(load.getHosts, Number(warmUpSeconds));
  const getHost = load.measure(load.getHosts, Number(seconds));
  load.measure(load.reports, Number(warmUpSeconds));
  const report = load.measure(load.reports, Number(seconds));
  console.log(JSON.stringify({
    getHostNs: getHost.ns,
    getHostBytes: getHost.bytes,
    reportNs: report.ns,
    reportBytes: report.bytes,
  }));
}
