import { assertEquals, assertStringIncludes } from "@std/assert";
import { type MetricRow, Metrics } from "./metrics.ts";

const ROWS: readonly MetricRow<"received" | "held">[] = [
  ["received", "datagrams_received_total", "Datagrams."],
  ["held", "routes", "Routes held."],
];

Deno.test("Metrics.text() reads all counters once at each scrape", async () => {
  let received = 5;
  let reads = 0;
  const metrics = new Metrics("agent", {
    rows: ROWS,
    read: () => {
      reads += 1;
      return { received, held: -received, notShown: 1 };
    },
  });
  const expected = (count: number) =>
    `# HELP lars_agent_datagrams_received_total Datagrams.\n` +
    `# TYPE lars_agent_datagrams_received_total counter\n` +
    `lars_agent_datagrams_received_total ${count}\n\n` +
    `# HELP lars_agent_routes Routes held.\n` +
    `# TYPE lars_agent_routes gauge\n` +
    `lars_agent_routes -${count}\n\n` +
    `# HELP lars_agent_log_lines_lost_total Log lines that standard error did not take\n` +
    `# TYPE lars_agent_log_lines_lost_total counter\n` +
    `lars_agent_log_lines_lost_total 0\n`;
  assertEquals(await metrics.text(), expected(5));
  received = 7;
  assertEquals(await metrics.text(), expected(7));
  assertEquals(await metrics.text(), expected(7));
  received = 3;
  assertEquals(await metrics.text(), expected(3));
  assertEquals(reads, 4);
});

Deno.test("Metrics of two services in one process do not share a registry", async () => {
  for (const held of [1, 2]) {
    const metrics = new Metrics("dns", {
      rows: ROWS,
      read: () => ({ received: 0, held }),
    });
    assertStringIncludes(await metrics.text(), `lars_dns_routes ${held}\n`);
  }
});

Deno.test("Metrics.serve() answers over HTTP until its signal is aborted", async () => {
  const port = freePort();
  const stop = new AbortController();
  const counters = { received: 3, held: 0 };
  const metrics = new Metrics("dns", { rows: ROWS, read: () => counters });
  const serving = metrics.serve({ hostname: "127.0.0.1", port }, stop.signal);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()] as const;
  };
  assertEquals(await get("/health"), [200, "ok\n"]);
  assertStringIncludes(
    (await get("/metrics"))[1],
    "lars_dns_datagrams_received_total 3\n",
  );
  assertEquals((await get("/x"))[0], 404);
  stop.abort();
  await serving;
});

Deno.test("Metrics.serve() ends at once when its signal is aborted already", async () => {
  const metrics = new Metrics("dns", { rows: [], read: () => ({}) });
  await metrics.serve({ hostname: "127.0.0.1", port: 0 }, AbortSignal.abort());
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
