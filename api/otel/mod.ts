/**
 * OpenTelemetry for the client library: spans of picks, their duration, and
 * calls by outcome. It takes the objects of `@opentelemetry/api` and loads
 * nothing of it.
 *
 * @example
 * ```ts
 * import { metrics, trace } from "@opentelemetry/api";
 * import { LarsClient } from "@lars/lars";
 * import { instrumentLars } from "@lars/lars/otel";
 *
 * const stop = instrumentLars({
 *   tracer: trace.getTracer("orders"),
 *   meter: metrics.getMeter("orders"),
 * });
 * const client = LarsClient.open();
 * if (await client.register(1, 1)) await client.call(1, 1, console.log);
 * await client.close();
 * stop();
 * ```
 *
 * @module
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { SystemClock } from "../../net/client.ts";
import { formatIp } from "../../proto/mod.ts";
import type { PickEvent, ReportEvent } from "../diagnostics.ts";

export type { PickEvent, ReportEvent } from "../diagnostics.ts";

/** Attributes of a span or of a measurement. */
export type Attributes = Record<string, string | number | boolean>;

/** What is used of a `Tracer` of `@opentelemetry/api`. */
export interface LarsTracer {
  /** Starts a span, a child of the one that is active. */
  startSpan(
    name: string,
    options: { attributes: Attributes; startTime: number },
  ): { end(endTime: number): void };
}

/** What is used of a `Meter` of `@opentelemetry/api`. */
export interface LarsMeter {
  /** Creates a histogram. */
  createHistogram(
    name: string,
    options: { unit: string; description: string },
  ): { record(value: number, attributes: Attributes): void };
  /** Creates a counter. */
  createCounter(
    name: string,
    options: { unit: string; description: string },
  ): { add(value: number, attributes: Attributes): void };
}

/** Where to tell. */
export interface InstrumentOptions {
  /** Gets a span `lars.pick` for each host that a client is asked for. */
  tracer?: LarsTracer;
  /** Gets the histogram `lars.pick.duration` and the counter `lars.calls`. */
  meter?: LarsMeter;
}

/**
 * Tells OpenTelemetry of every client in this program, until the function that it
 * returns is called. Attributes are `lars.modid`, `lars.cmdid`, `lars.outcome`,
 * `lars.stand_in` and, in spans, `server.address` and `server.port` of the host.
 */
export function instrumentLars(
  { tracer, meter }: InstrumentOptions,
): () => void {
  const clock = new SystemClock();
  const pickDuration = meter?.createHistogram("lars.pick.duration", {
    unit: "s",
    description: "Time that a caller waited for a host",
  });
  const calls = meter?.createCounter("lars.calls", {
    unit: "{call}",
    description: "Calls of hosts that were reported",
  });

  function onPick(message: unknown): void {
    const { outcome, durationMs, ...key } = message as PickEvent;
    const attributes = {
      ...keyAttributes(key),
      "lars.outcome": outcome.state,
      "lars.stand_in": outcome.state === "found" && outcome.standIn === true,
    };
    pickDuration?.record(durationMs / 1_000, attributes);
    if (tracer === undefined) return;
    const endMs = clock.nowMs();
    const server = outcome.state === "found"
      ? hostAttributes(outcome.host)
      : {};
    tracer.startSpan("lars.pick", {
      attributes: { ...attributes, ...server },
      startTime: endMs - durationMs,
    }).end(endMs);
  }

  function onReport(message: unknown): void {
    const { returnCode, ...key } = message as ReportEvent;
    const outcome = returnCode === 0 ? "success" : "failure";
    calls?.add(1, { ...keyAttributes(key), "lars.outcome": outcome });
  }

  subscribe("lars:pick", onPick);
  subscribe("lars:report", onReport);
  return () => {
    unsubscribe("lars:pick", onPick);
    unsubscribe("lars:report", onReport);
  };
}

function keyAttributes(
  { modId, cmdId }: { modId: number; cmdId: number },
): Attributes {
  return { "lars.modid": modId, "lars.cmdid": cmdId };
}

function hostAttributes(
  { ip, port }: { ip: number; port: number },
): Attributes {
  return { "server.address": formatIp(ip), "server.port": port };
}
