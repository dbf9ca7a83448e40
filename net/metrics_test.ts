import { assertEquals, assertStringIncludes } from "@std/assert";
import { Metrics } from "./metrics.ts";

Deno.test("Metrics.text() reads counters and gauges anew at each scrape", async () => {
  let received = 5;
  const metrics = new Metrics("agent", [
    {
      name: "datagrams_received_total",
      help: "Datagrams.",
      value: () => received,
    },
    { name: "routes", help: "Routes held.", value: () => -received },
  ]);
  const expected = (count: number) =>
    `# HELP lars_agent_datagrams_received_total Datagrams.\n` +
    `# TYPE lars_agent_datagrams_received_total counter\n` +
    `lars_agent_datagrams_received_total ${count}\n\n` +
    `# HELP lars_agent_routes Routes held.\n` +
    `# TYPE lars_agent_routes gauge\n` +
    `lars_agent_routes -${count}\n`;
  assertEquals(await metrics.text(), expected(5));
  received = 7;
  assertEquals(await metrics.text(), expected(7));
  assertEquals(await metrics.text(), expected(7));
});

Deno.test("Metrics of two services in one process do not share a registry", async () => {
  const metric = { name: "x_total", help: "x", value: () => 1 };
  const [first, second] = [
    new Metrics("dns", [metric]),
    new Metrics("dns", [metric]),
  ];
  assertStringIncludes(await first.text(), "lars_dns_x_total 1");
  assertStringIncludes(await second.text(), "lars_dns_x_total 1");
});

Deno.test("Metrics.serve() answers over HTTP until its signal is aborted", async () => {
  const port = freePort();
  const stop = new AbortController();
  const metrics = new Metrics("dns", [{
    name: "x_total",
    help: "x",
    value: () => 3,
  }]);
  const serving = metrics.serve({ hostname: "127.0.0.1", port }, stop.signal);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()] as const;
  };
  assertEquals(await get("/health"), [200, "ok\n"]);
  assertStringIncludes((await get("/metrics"))[1], "lars_dns_x_total 3\n");
  assertEquals((await get("/x"))[0], 404);
  stop.abort();
  await serving;
});

Deno.test("Metrics.serve() ends at once when its signal is aborted already", async () => {
  const metrics = new Metrics("dns", []);
  await metrics.serve({ hostname: "127.0.0.1", port: 0 }, AbortSignal.abort());
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
