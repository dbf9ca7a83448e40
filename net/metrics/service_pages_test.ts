import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { eventLoopDelay, serviceClock } from "./event_loop_delay.ts";
import { metricsOf } from "./metric.ts";
import { type HealthCheck, ServicePages } from "./service_pages.ts";

const METRICS = metricsOf<"held">("dns", [["held", "routes", "Routes held"]]);

function check(ok: boolean): HealthCheck {
  return { check: "store", ok, reason: ok ? "read" : "away" };
}

/** Pages at a free port, and what they answer. */
function fixture() {
  const port = freeTcpPort();
  const stop = new AbortController();
  const pages = new ServicePages("dns", METRICS);
  const serving = pages.serve({ hostname: "127.0.0.1", port }, stop.signal);
  return {
    pages,
    get: async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return [response.status, await response.text()] as const;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await serving.finished;
    },
  };
}

Deno.test("ServicePages.serve() tells of a service that has opened", async () => {
  await using at = fixture();
  let ok = true;
  let held = 3;
  at.pages.open({ read: () => ({ held }), ready: () => [check(ok)] });
  assertStringIncludes((await at.get("/metrics"))[1], "lars_dns_routes 3\n");
  held = 4;
  assertStringIncludes((await at.get("/metrics"))[1], "lars_dns_routes 4\n");
  assertEquals(await at.get("/readyz"), [
    200,
    '{"ok":true,"checks":[{"check":"store","ok":true,"reason":"read"}]}',
  ]);
  ok = false;
  assertEquals(await at.get("/readyz"), [
    503,
    '{"ok":false,"checks":[{"check":"store","ok":false,"reason":"away"}]}',
  ]);
  assertEquals(await at.get("/healthz"), [200, '{"ok":true,"checks":[]}']);
  assertEquals(await at.get("/health"), [200, "ok\n"]);
  assertEquals((await at.get("/x"))[0], 404);
});

Deno.test("a service that has not opened is alive and not ready", async () => {
  await using at = fixture();
  assertEquals((await at.get("/healthz"))[0], 200);
  const [status, text] = await at.get("/readyz");
  assertEquals(status, 503);
  assertMatch(text, /"check":"start","ok":false/);
  const [, metrics] = await at.get("/metrics");
  assertMatch(metrics, /^lars_build_info\{service="dns",version="[^"]+"\} 1$/m);
  assertMatch(metrics, /^lars_dns_log_lines_lost_total 0$/m);
  assertEquals(metrics.includes("lars_dns_routes"), false);
});

Deno.test("a service whose threads are silent is not alive", async () => {
  await using at = fixture();
  at.pages.open({
    read: () => ({ held: 0 }),
    ready: () => Promise.resolve([check(true), check(false)]),
    alive: () => Promise.resolve([check(false)]),
  });
  assertEquals((await at.get("/healthz"))[0], 503);
  assertEquals((await at.get("/readyz"))[0], 503);
});

Deno.test("ServicePages.serve() ends at once when its signal is aborted already", async () => {
  const pages = new ServicePages("dns", METRICS);
  const at = { hostname: "127.0.0.1", port: 0 };
  await pages.serve(at, AbortSignal.abort()).finished;
});

Deno.test("a sleep that ends by itself tells how late it was, one that is cut does not", async () => {
  const clock = serviceClock();
  const seen = () => eventLoopDelay.counts.reduce((sum, each) => sum + each);
  const before = seen();
  await clock.sleep(1);
  assertEquals(seen(), before + 1);
  const cut = new AbortController();
  const sleep = clock.sleep(60_000, cut.signal);
  cut.abort();
  await sleep;
  assertEquals(seen(), before + 1);
});
