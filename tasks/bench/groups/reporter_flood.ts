import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import { lars, MessageId } from "../../../proto/mod.ts";
import {
  FIRST_IP,
  PORT,
  StoreFixture,
  type StoreKind,
} from "./store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { cpuNs, residentMb } from "../../local/process_usage.ts";

const CONNECTIONS = 8;
const HOSTS_PER_STATUS = 50;
const ROUTES = 100;

/** Machines that report on one connection; a reporter takes 256 from one address. */
const MACHINES = 256 / CONNECTIONS;

/** Interval of the memory samples. */
const SAMPLE_MS = 250;

export interface ReporterFloodOptions {
  kind: StoreKind;
  /** Length of the flood. */
  seconds: number;
}

/**
 * Memory and rate of a reporter under statuses of 1.3 million keys, one after the
 * other, from several connections, faster than any store takes them.
 */
export async function reporterFlood(
  { kind, seconds }: ReporterFloodOptions,
): Promise<Figures> {
  await using fixture = await StoreFixture.start(kind);
  await fixture.addRoutes({
    modules: CONNECTIONS,
    commands: ROUTES,
    hosts: HOSTS_PER_STATUS,
  });
  await fixture.startService("reporter");
  const startMb = residentMb(fixture.pid);
  const stop = AbortSignal.timeout(seconds * 1_000);
  const cpuBefore = cpuNs(fixture.pid);
  const startedMs = performance.now();
  const sending = Promise.all(
    Array.from(
      { length: CONNECTIONS },
      (_, index) => flood(fixture, index, stop),
    ),
  );
  const samplesMb: number[] = [];
  let heldMax = 0;
  while (!stop.aborted) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    samplesMb.push(residentMb(fixture.pid));
    const [held = 0] = await fixture.metrics("lars_reporter_rows_waiting");
    heldMax = Math.max(heldMax, held);
  }
  const [written = NaN, batches = NaN, failures = NaN] = await fixture.metrics(
    'lars_reporter_rows_total{result="written"}',
    "lars_reporter_batches_total",
    'lars_store_errors_total{operation="write"}',
  );
  const elapsedMs = performance.now() - startedMs;
  const cpuUs = (cpuNs(fixture.pid) - cpuBefore) / 1_000;
  await sending;
  return {
    rowsPerSecond: written / elapsedMs * 1_000,
    rowsPerBatch: written / batches,
    failures,
    rowsHeldMax: heldMax,
    startMb,
    peakMb: Math.max(...samplesMb),
    endMb: samplesMb.at(-1) ?? NaN,
    cpuUsPerRow: cpuUs / written,
  };
}

/** Sends statuses of one machine after the other until `stop` aborts. */
async function flood(
  fixture: StoreFixture,
  index: number,
  stop: AbortSignal,
): Promise<void> {
  const connection = new FramedConnection(
    await new DenoTransport().connect(fixture.at),
  );
  const results = Array.from({ length: HOSTS_PER_STATUS }, (_, host) => ({
    ip: FIRST_IP + host,
    port: PORT,
    succ: host,
    err: index,
  }));
  for (let count = 0; !stop.aborted && !connection.closed; count++) {
    const machine = Math.floor(count / ROUTES) % MACHINES;
    const body = lars.ReportStatusRequest.encode({
      modid: index,
      cmdid: count % ROUTES,
      caller: 0x0a000000 + index + machine * CONNECTIONS,
      results,
      ts: 1_700_000_000,
    }).finish();
    connection.send(MessageId.reportStatusRequest, body);
    if (!connection.writable) {
      const stopped = new Promise<void>((resolve) =>
        stop.addEventListener("abort", () => resolve(), { once: true })
      );
      await Promise.race([connection.drained(), stopped]);
    }
  }
  connection.close();
}
