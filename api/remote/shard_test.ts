import { AGENT_SERVERS } from "../../proto/mod.ts";
import { assertEquals } from "@std/assert";
import {
  DEFAULT_POLICY_SETTINGS,
  HOST_USE_MS,
  Shard,
  ShardDatagrams,
} from "../../agent/mod.ts";
import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { UdpServer } from "../../net/mod.ts";
import { finish } from "../testing/mod.ts";
import { LarsClient } from "../mod.ts";

const KEY = { modId: 1, cmdId: 1 };
const HOSTS = [1, 2, 3].map((number) => ({
  ip: 0x0a000000 + number,
  port: 80,
}));

/** A client and the shard that owns route (1, 1), 5 ms apart. */
async function withShard(
  body: (
    fixture: { clock: VirtualClock; shard: Shard; client: LarsClient },
  ) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const random = () => 0.5;
  const faults = { delayMinMs: 5, delayMaxMs: 5 };
  const transport = new MemoryNetwork({ clock, random, faults })
    .machine("10.0.0.1");
  const unused = () => {};
  const shard = new Shard({
    policy: "lars",
    settings: DEFAULT_POLICY_SETTINGS,
    healthChecks: false,
    random,
    outbox: {
      pull: unused,
      status: unused,
      forget: unused,
      healthCheck: unused,
      totalsDue: unused,
      totals: unused,
      states: unused,
      events: unused,
    },
  });
  shard.update({ ...KEY, hosts: HOSTS }, 0);
  const datagrams = new ShardDatagrams(shard, {
    index: 2,
    shards: AGENT_SERVERS,
    forward: unused,
  });
  const server = new UdpServer({
    socket: transport.bind({ hostname: "127.0.0.1", port: 8890 }),
    clock,
    handle: (request, response, nowMs, requestBytes) =>
      datagrams.handle(request, response, nowMs, requestBytes),
  });
  const stop = new AbortController();
  const serving = server.run(stop.signal);
  const client = LarsClient.open({ transport, clock, random });
  try {
    await body({ clock, shard, client });
  } finally {
    await client.close();
    stop.abort();
    await serving;
  }
}

Deno.test("LarsClient and a shard: callers who share requests get the hosts in turn, and every result counts once", async () => {
  await withShard(async ({ clock, shard, client }) => {
    const loop = async (returnCode: number) => {
      for (let call = 0; call < 30; call++) {
        const outcome = await client.getHost(1, 1);
        if (outcome.state !== "found") throw new Error(outcome.state);
        client.report(1, 1, { host: outcome.host, returnCode });
        if (call % 7 === 0) await clock.sleep(3);
      }
    };
    const loops = Array.from(
      { length: 30 },
      (_, index) => loop(index === 0 ? 1 : 0),
    );
    await finish(clock, Promise.all(loops));
    await clock.advance(20);
    const { hosts } = shard.explain(KEY, { nowMs: clock.nowMs() });
    const calls = hosts.map(({ succ, err }) => succ + err);
    assertEquals(calls, [300, 300, 300]);
    const failures = hosts.reduce((sum, { err }) => sum + err, 0);
    assertEquals(failures, 30);
    assertEquals(client.counters.shared > 800, true);
    assertEquals(client.counters.sent < 150, true);
  });
});

Deno.test("LarsClient and a shard: a host that no caller takes is given back within its time, and counts for nothing", async () => {
  await withShard(async ({ clock, shard, client }) => {
    const first = [client.getHost(1, 1), client.getHost(1, 1)];
    await finish(clock, Promise.all(first));
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await asked.catch(() => {});
    await clock.advance(HOST_USE_MS + 10);
    assertEquals(client.counters.unused, 1);
    assertEquals(shard.counters.unknownReports <= 1, true);
    const { hosts } = shard.explain(KEY, { nowMs: clock.nowMs() });
    const calls = hosts.map(({ succ, err }) => succ + err);
    assertEquals(calls, [0, 0, 0]);
  });
});
