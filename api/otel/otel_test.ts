import { assert, assertEquals } from "@std/assert";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { LiveAgent } from "../testing/live_agent.ts";
import { instrumentLars } from "./mod.ts";

Deno.test("instrumentLars() has OpenTelemetry see each pick and each call, until it is stopped", async () => {
  const spans = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const meters = new MeterProvider({ readers: [reader] });
  const stop = instrumentLars({
    tracer: tracers.getTracer("test"),
    meter: meters.getMeter("test"),
  });
  await using live = new LiveAgent({ "1,1": ["10.0.0.1:80"] });
  const { client } = live;
  await client.call(1, 1, () => {});
  await client.call(1, 1, () => {
    throw new Error("on purpose");
  }).catch(() => {});
  await client.getHost(1, 2);
  stop();
  await client.getHost(1, 1);

  const attributes = {
    "lars.modid": 1,
    "lars.cmdid": 1,
    "lars.outcome": "found",
    "lars.stand_in": false,
    "server.address": "10.0.0.1",
    "server.port": 80,
  };
  const finished = spans.getFinishedSpans();
  assertEquals(finished.map(({ name }) => name), Array(3).fill("lars.pick"));
  assertEquals(finished[0]!.attributes, attributes);
  assertEquals(finished[2]!.attributes["lars.outcome"], "no_route");
  assert(finished.every(({ duration }) => duration[0] === 0));

  await meters.forceFlush();
  const [scope] = metrics.getMetrics().at(-1)!.scopeMetrics;
  const values = scope!.metrics.flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => [
      descriptor.name,
      attributes["lars.outcome"],
      typeof value === "number" ? value : value.count,
    ])
  );
  assertEquals(values, [
    ["lars.pick.duration", "found", 2],
    ["lars.pick.duration", "no_route", 1],
    ["lars.calls", "success", 1],
    ["lars.calls", "failure", 1],
  ]);
  await meters.shutdown();
  await tracers.shutdown();
});
