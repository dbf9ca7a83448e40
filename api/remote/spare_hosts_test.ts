import { assertEquals, assertRejects } from "@std/assert";
import {
  ask,
  finish,
  HOST,
  requests,
  states,
  withBatchingAgent,
} from "../testing/mod.ts";
import { FLUSH_MS } from "../mod.ts";

Deno.test("LarsClient hands the host of a caller who gave up to the next one", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    await clock.advance(5);
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    assertEquals(client.getHostNow(1, 1), undefined);
    await clock.advance(40);
    assertEquals(await client.getHost(1, 1), {
      state: "found",
      host: HOST,
    });
    await clock.advance(100);
    assertEquals(requests(fixture), ["1+0"]);
    assertEquals([agent.results, client.counters.unused], [[], 0]);
  });
});

Deno.test("LarsClient gives back a host that no caller takes within use_ms after it was asked for", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await clock.advance(50 + FLUSH_MS + 9);
    assertEquals(agent.results, []);
    await clock.advance(2);
    assertEquals(agent.results, ["192.168.1.177:7777 unused"]);
    assertEquals(client.getHostNow(1, 1), undefined);
    assertEquals(client.counters.unused, 1);
  });
});

Deno.test("LarsClient sleeps until a spare host is due, and wakes for what is due sooner", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    agent.routes["4,1"] = agent.routes["1,1"]!;
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await clock.advance(21);
    const { wakeUps } = clock;
    await clock.advance(10);
    assertEquals(clock.wakeUps, wakeUps);
    const others = [client.getHost(4, 1), client.getHost(4, 1)];
    await clock.advance(FLUSH_MS + 10);
    assertEquals(requests(fixture), ["1+0", "1+0", "1+0"]);
    await states(clock, others);
    await clock.advance(20);
    assertEquals(agent.results, ["192.168.1.177:7777 unused"]);
  });
});

Deno.test("LarsClient does not ask for a caller who gave up while waiting for others", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client } = fixture;
    const abort = new AbortController();
    const asked = ask(client, 2);
    const gone = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => gone, TypeError, "enough");
    await states(clock, asked);
    assertEquals(requests(fixture), ["1+0", "1+0"]);
  });
});

Deno.test("LarsClient has callers ask again when there were too few hosts, and tells them overloaded the second time", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    agent.onHost = (_, send) => send({ more: [] });
    const found = await states(clock, ask(client, 6));
    assertEquals(requests(fixture), ["1+0", "5+0", "4+0"]);
    assertEquals(found.sort(), [
      ...Array(3).fill("found"),
      ...Array(3).fill("overloaded"),
    ]);
    assertEquals(client.counters.askedAgain, 4);
  });
});

Deno.test("LarsClient ignores hosts that it did not ask for and hosts that cannot be", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const bad = [{ ip: 0, port: 1 }, { ip: 1, port: 0 }, { ip: 1, port: -1 }];
    const good = [{ ip: 7, port: 7 }, { ip: 8, port: 8 }, { ip: 9, port: 9 }];
    agent.onHost = (_, send) => send({ host: null, more: [...bad, ...good] });
    const outcomes = await finish(clock, Promise.all(ask(client, 3)));
    const ports = outcomes.map((each) =>
      each.state === "found" ? each.host.port : 0
    );
    assertEquals(ports, [7, 7, 8]);
    assertEquals(client.getHostNow(1, 1), undefined);
    agent.onHost = (_, send) => send({ host: null, more: bad });
    assertEquals(
      new Set(await states(clock, ask(client, 3))),
      new Set(["system_error"]),
    );
  });
});

Deno.test("LarsClient tells all who shared a request why there is no host", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    for (
      const [retcode, state] of [[1, "overloaded"], [3, "no_route"]] as const
    ) {
      agent.onHost = (_, send) => send({ retcode, host: null, more: [] });
      assertEquals(
        new Set(await states(clock, ask(client, 9))),
        new Set([state]),
      );
    }
  });
});
