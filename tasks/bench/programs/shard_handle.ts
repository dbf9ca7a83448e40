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
import type { Figures } from "../report/measurement.ts";
import { median } from "simple-statistics";

const HOSTS = 10;
const WARM_UP_CALLS = 500_000;
const SLICES = 100;
const SLICE_CALLS = 50_000;

/** Routes take turns; a datagram for each is at hand. */
const ROUTES = 10;

const DURATION_US = 1_234;

/**
 * What a datagram costs in the shard alone, without sockets: time and memory for
 * new objects, for a getHost and for a report of a success. Run it in a process
 * of its own.
 */
export function shardHandle(policy: string): Figures {
  const shard = new Shard({
    policy,
    settings: DEFAULT_POLICY_SETTINGS,
    checks: false,
    random: systemRandom,
    outbox: { check() {}, pull() {}, status() {}, forget() {} },
  });
  const around = new ShardDatagrams(shard, {
    index: 0,
    shards: 1,
    forward() {},
  });
  const getHosts: Uint8Array[] = [];
  const reports: Uint8Array[] = [];
  for (let modid = 1; modid <= ROUTES; modid++) {
    const key = { modId: modid, cmdId: 7 };
    const hosts = hostsFor(key, HOSTS);
    shard.update({ ...key, hosts }, 0);
    const request = { seq: 1_000_000 + modid, modid, cmdid: key.cmdId };
    getHosts.push(encodeFrame(
      MessageId.getHostRequest,
      lars.GetHostRequest.encode(request).finish(),
    ));
    for (const host of hosts) {
      const report = {
        modid,
        cmdid: key.cmdId,
        host: toWireAddress(host),
        duration_us: DURATION_US,
      };
      reports.push(encodeFrame(
        MessageId.reportRequest,
        lars.ReportRequest.encode(report).finish(),
      ));
    }
  }
  const [getHost, report] = [
    measure({ shard, around }, getHosts),
    measure({ shard, around }, reports),
  ];
  return {
    getHostNs: getHost.ns,
    getHostBytes: getHost.bytes,
    reportNs: report.ns,
    reportBytes: report.bytes,
  };
}

/** Nanoseconds for each call, and bytes of heap: the median slice, as a collection shortens some. */
function measure(
  { shard, around }: { shard: Shard; around: ShardDatagrams },
  datagrams: readonly Uint8Array[],
): { ns: number; bytes: number } {
  const response = new Uint8Array(DATAGRAM_BYTES_MAX);
  handleAll({ shard, around }, { datagrams, response, calls: WARM_UP_CALLS });
  const slices: number[] = [];
  let ms = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    const before = Deno.memoryUsage().heapUsed;
    const startedMs = performance.now();
    handleAll({ shard, around }, { datagrams, response, calls: SLICE_CALLS });
    ms += performance.now() - startedMs;
    slices.push((Deno.memoryUsage().heapUsed - before) / SLICE_CALLS);
  }
  const ns = ms * 1_000_000 / (SLICES * SLICE_CALLS);
  return { ns, bytes: Math.max(0, median(slices)) };
}

function handleAll(
  { shard, around }: { shard: Shard; around: ShardDatagrams },
  { datagrams, response, calls }: {
    datagrams: readonly Uint8Array[];
    response: Uint8Array;
    calls: number;
  },
): void {
  let next = 0;
  for (let call = 0; call < calls; call++) {
    const nowMs = 1 + call / 1_000;
    around.handle(datagrams[next]!, response, nowMs);
    next += 1;
    if (next === datagrams.length) next = 0;
    // Once in 100 ms: statuses, and whatever else is due.
    if (call % 100_000 === 0) shard.tick(nowMs);
  }
}

if (import.meta.main) console.log(shardHandle(Deno.args[0] ?? "lars"));
