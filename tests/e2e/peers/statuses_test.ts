/** Whose statuses a reporter keeps, of which hosts, and under which address. */
import { assertEquals } from "@std/assert";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { EmbeddedService } from "../../support/embedded_service.ts";
import { frame, message } from "../../support/foreign_wire.ts";
import {
  row,
  RunningDeno,
  STATUS_MS_MAX,
  statusRows,
} from "../../support/processes.ts";
import { eventually, sleep } from "../../support/wait.ts";

const IP = 0x0a00_0001;
const LOOPBACK = 0x7f00_0001;

/** Hosts that no route has, of which statuses come. */
const STRANGE_HOSTS = 200_000;

/** A reporter process of its own, over a store with one route. */
function startReporter(): Promise<EmbeddedService> {
  const rows = [row(1, 1, "10.0.0.1:80")];
  return EmbeddedService.start({ name: "reporter", rows });
}

/** Resolves when the table is "ip caller successes" of these. */
async function keeps(
  { folder }: { folder: string },
  ...expected: [ip: number, caller: number, succ: number][]
): Promise<void> {
  let rows: unknown[] = [];
  await eventually("the table", () => {
    rows = statusRows(folder)
      .map(({ ip, caller, succ_cnt }) => [ip, caller, succ_cnt]);
    return JSON.stringify(rows) === JSON.stringify(expected);
  }, {
    explain: () => JSON.stringify(rows),
    deadlineMs: STATUS_MS_MAX,
  });
}

/** A frame "report status" of route (1, 1). */
function statusOf(
  { ip = IP, succ, caller = LOOPBACK, agent }: {
    ip?: number;
    succ: number;
    caller?: number;
    /** Names the agent in the message, as one that forwards for others does. */
    agent?: number;
  },
): Uint8Array {
  const host = message({ 1: ip, 2: 80, 3: succ });
  const agentId = agent && new Uint8Array(16).fill(agent);
  const fields = { 1: 1, 2: 1, 3: caller, 4: host, 5: 1_000, 16: agentId };
  return frame(3, message(fields));
}

Deno.test("two agents of one machine are summed in the table, not replaced by each other", async () => {
  await using reporter = await startReporter();
  using one = await reporter.connect(1);
  using two = await reporter.connect(2);
  await one.send(statusOf({ succ: 500 }));
  await keeps(reporter, [IP, LOOPBACK, 500]);
  await two.send(statusOf({ succ: 3 }));
  await keeps(reporter, [IP, LOOPBACK, 503]);
  await one.send(statusOf({ succ: 600 }));
  await keeps(reporter, [IP, LOOPBACK, 603]);
});

/** A program with an agent of its own that makes successful calls, and stays. */
function embeddedProgram(lars: LocalLars, calls: number): RunningDeno {
  const at = (name: "dns" | "reporter") => {
    const [hostname, port] = lars.addressOf(name).split(":");
    return JSON.stringify([{ hostname, port: Number(port) }]);
  };
  const code = `
    const { openEmbedded } = await import("./api/embedded/mod.ts");
    const places = { dns: ${at("dns")}, reporter: ${at("reporter")} };
    const client = await openEmbedded(places);
    await client.register(1, 1);
    for (let call = 0; call < ${calls}; call++) {
      const { host } = await client.getHost(1, 1);
      await client.report(1, 1, { host, returnCode: 0 });
    }
    setInterval(() => {}, 60_000);`;
  return new RunningDeno(["eval", code]);
}

Deno.test("two programs of one machine with an agent each are summed in the table", async () => {
  const rows = [row(1, 1, "10.0.0.1:80")];
  await using lars = await LocalLars.start({ routes: rows, print: () => {} });
  await using many = embeddedProgram(lars, 500);
  await using few = embeddedProgram(lars, 3);
  await keeps(lars, [IP, LOOPBACK, 503]);
  assertEquals([many.output, few.output], ["", ""]);
});

Deno.test("agents that one connection forwards for are summed as well, and an agent that has gone is no part of the sum", async () => {
  await using reporter = await startReporter();
  const proxy = await reporter.connect();
  await proxy.send(statusOf({ succ: 500, agent: 1 }));
  await proxy.send(statusOf({ succ: 3, agent: 2 }));
  await keeps(reporter, [IP, LOOPBACK, 503]);
  using other = await reporter.connect(3);
  await other.send(statusOf({ succ: 10 }));
  await keeps(reporter, [IP, LOOPBACK, 513]);
  proxy[Symbol.dispose]();
  let succ = 10;
  await eventually("only who is left", async () => {
    await other.send(statusOf({ succ: ++succ }));
    await sleep(100);
    return statusRows(reporter.folder)[0]!.succ_cnt as number <= succ;
  }, { deadlineMs: 20_000 });
});

Deno.test("statuses of hosts that no route has are not kept, however many come", async () => {
  await using reporter = await startReporter();
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
  await keeps(reporter, [IP, LOOPBACK, 7]);
  await eventually(
    "the others are left out",
    async () =>
      await reporter.metric('rows_total{result="refused"}') === STRANGE_HOSTS,
    { deadlineMs: 30_000 },
  );
  await keeps(reporter, [IP, LOOPBACK, 7]);
});

Deno.test("a status that tells the caller of another agent does not replace that agent's", async () => {
  await using reporter = await startReporter();
  const caller = 0x0a00_0063;
  using owner = await reporter.connect(1);
  using forger = await reporter.connect(2);
  await owner.send(statusOf({ caller, succ: 5 }));
  await keeps(reporter, [IP, caller, 5]);
  await forger.send(statusOf({ caller, succ: 1_000 }));
  await keeps(reporter, [IP, caller, 5], [IP, LOOPBACK, 1_000]);
  assertEquals(await reporter.metric("callers_refused_total"), 1);
});
