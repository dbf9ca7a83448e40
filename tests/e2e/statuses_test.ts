/** Whose statuses a reporter keeps, of which hosts, and under which address. */
import { assertEquals } from "@std/assert";
import { encodeHello, MessageId } from "../../proto/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { serviceArguments } from "../../tasks/local/services.ts";
import { ForeignConnection, frame, message } from "../support/foreign_wire.ts";
import {
  makeStore,
  metricsAt,
  row,
  RunningDeno,
  statusRows,
} from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const IP = 0x0a00_0001;
const LOOPBACK = 0x7f00_0001;

/** Hosts that no route has, of which statuses come. */
const STRANGE_HOSTS = 200_000;

/** A reporter process of its own, over a store with one route. */
class Reporter implements AsyncDisposable {
  private constructor(
    readonly process: RunningDeno,
    readonly at: string,
    readonly metrics: number,
    readonly folder: string,
  ) {}

  static async start(): Promise<Reporter> {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const metrics = freeTcpPort();
    await Deno.writeTextFile(
      `${folder}/reporter.conf`,
      `[reactor]\nport = 0\n[metrics]\nport = ${metrics}\n`,
    );
    await makeStore(folder, [row(1, 1, "10.0.0.1:80")]);
    const process = new RunningDeno(
      await serviceArguments("reporter", { conf: folder, data: folder }),
    );
    const [, at = ""] = await process.printed(/ ready at=(\S+)/);
    return new Reporter(process, at, metrics, folder);
  }

  /** Connects as an agent; with an identity it says Hello. */
  async connect(identity?: number): Promise<ForeignConnection> {
    const connection = await ForeignConnection.open(this.at);
    if (identity === undefined) return connection;
    const agentId = identity.toString(16).padStart(32, "0");
    const rest = { epoch: 1, name: "", version: "", zone: "" };
    await connection.send(
      frame(MessageId.hello, encodeHello({ agentId, ...rest })),
    );
    return connection;
  }

  /** Resolves when the table is "ip caller successes" of these. */
  async keeps(...expected: [ip: number, caller: number, succ: number][]) {
    let rows: unknown[] = [];
    await eventually("the table", () => {
      rows = statusRows(this.folder)
        .map(({ ip, caller, succ_cnt }) => [ip, caller, succ_cnt]);
      return JSON.stringify(rows) === JSON.stringify(expected);
    }, { explain: () => JSON.stringify(rows) });
  }

  /** The value of a metric. */
  async metric(name: string): Promise<number> {
    return (await metricsAt(this.metrics)).get(`reporter_${name}`) ?? NaN;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A frame "report status" of route (1, 1). */
function statusOf(
  { ip = IP, succ, caller = LOOPBACK }: {
    ip?: number;
    succ: number;
    caller?: number;
  },
): Uint8Array {
  const host = message({ 1: ip, 2: 80, 3: succ });
  return frame(3, message({ 1: 1, 2: 1, 3: caller, 4: host, 5: 1_000 }));
}

Deno.test("two agents of one machine are summed in the table, not replaced by each other", async () => {
  await using reporter = await Reporter.start();
  using one = await reporter.connect(1);
  using two = await reporter.connect(2);
  await one.send(statusOf({ succ: 500 }));
  await reporter.keeps([IP, LOOPBACK, 500]);
  await two.send(statusOf({ succ: 3 }));
  await reporter.keeps([IP, LOOPBACK, 503]);
  await one.send(statusOf({ succ: 600 }));
  await reporter.keeps([IP, LOOPBACK, 603]);
});

Deno.test("statuses of hosts that no route has are not kept, however many come", async () => {
  await using reporter = await Reporter.start();
  using stranger = await reporter.connect();
  const batch = 1_000;
  for (let start = 1; start <= STRANGE_HOSTS; start += batch) {
    const frames = Array.from(
      { length: batch },
      (_, index) => [...statusOf({ ip: 0x0b00_0000 + start + index, succ: 1 })],
    );
    await stranger.send(Uint8Array.from(frames.flat()));
  }
  // What comes behind them, of a host that a route has, is kept.
  using agent = await reporter.connect(1);
  await agent.send(statusOf({ succ: 7 }));
  await reporter.keeps([IP, LOOPBACK, 7]);
  await eventually(
    "the others are left out",
    async () => await reporter.metric("rows_refused_total") === STRANGE_HOSTS,
    { deadlineMs: 30_000 },
  );
  await reporter.keeps([IP, LOOPBACK, 7]);
});

Deno.test("a status that tells the caller of another agent does not replace that agent's", async () => {
  await using reporter = await Reporter.start();
  const caller = 0x0a00_0063;
  using owner = await reporter.connect(1);
  using forger = await reporter.connect(2);
  await owner.send(statusOf({ caller, succ: 5 }));
  await reporter.keeps([IP, caller, 5]);
  await forger.send(statusOf({ caller, succ: 1_000 }));
  await reporter.keeps([IP, caller, 5], [IP, LOOPBACK, 1_000]);
  assertEquals(await reporter.metric("callers_refused_total"), 1);
});
