import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import { lars, MessageId } from "../../../proto/mod.ts";
import {
  FIRST_IP,
  PORT,
  StoreFixture,
  type StoreKind,
  until,
} from "./store_fixture.ts";
import type { Figures } from "../report/measurement.ts";
import { residentMb } from "../../local/process_usage.ts";

const AGENTS = 8;
const HOSTS_PER_STATUS = 50;
const ROUTES = 100;
const ROWS = 400_000;

/** Rows a second that a reporter writes for statuses of different keys. */
export async function reporterRate(kind: StoreKind): Promise<Figures> {
  await using fixture = await StoreFixture.start(kind);
  await fixture.addRoutes({
    modules: AGENTS,
    commands: ROUTES,
    hosts: HOSTS_PER_STATUS,
  });
  await fixture.startService("reporter");
  const startedMs = performance.now();
  await Promise.all(
    Array.from(
      { length: AGENTS },
      (_, agent) => sendStatuses(fixture.at, agent),
    ),
  );
  await until(async () => {
    const [written = 0] = await fixture.metrics(
      'lars_reporter_rows_total{result="written"}',
    );
    return written >= ROWS;
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const stored = Number(
    await fixture.run("SELECT COUNT(*) FROM ServerCallStatus"),
  );
  if (stored !== ROWS) throw new Error(`${ROWS} rows sent, ${stored} stored`);
  return { rowsPerSecond: ROWS / seconds, residentMb: residentMb(fixture.pid) };
}

async function sendStatuses(
  at: { hostname: string; port: number },
  agent: number,
): Promise<void> {
  const connection = new FramedConnection(
    await new DenoTransport().connect(at),
  );
  const statuses = ROWS / AGENTS / HOSTS_PER_STATUS;
  for (let index = 0; index < statuses; index++) {
    // As several machines behind one address, each of which calls every route.
    const machine = Math.floor(index / ROUTES);
    const body = lars.ReportStatusRequest.encode({
      modid: agent,
      cmdid: index % ROUTES,
      caller: 0x0a000000 + agent + machine * AGENTS,
      results: Array.from({ length: HOSTS_PER_STATUS }, (_, host) => ({
        ip: FIRST_IP + host,
        port: PORT,
        succ: index,
        err: host,
      })),
      ts: 1_700_000_000,
    }).finish();
    connection.send(MessageId.reportStatusRequest, body);
    if (!connection.writable) await connection.drained();
  }
  await connection.flushed();
  connection.close();
}
