import { assert, assertEquals, assertMatch } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { SystemClock } from "../../../net/mod.ts";
import {
  type Endpoint,
  formatAddress,
  HostReason,
  HostState,
} from "../../../proto/mod.ts";
import { openHistoryStore } from "../../../store/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../../tasks/local/free_ports.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import {
  metricsAt,
  row,
  runLars,
  RunningDeno,
} from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const DEAD = "10.0.0.1:80";
const HOSTS = [DEAD, "10.0.0.2:80", "10.0.0.3:80"];

/** Time in which another reporter takes the duty of one that died, and looks. */
const TAKE_OVER_MS = 60_000;

/** Alarms that a webhook has received, as "RULE host status", with the time since which each fires. */
class Receiver implements AsyncDisposable {
  readonly alarms: string[] = [];
  readonly begun = new Set<string>();
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      for (const alert of (await request.json()).alerts) {
        const { alertname, host } = alert.labels;
        this.alarms.push(`${alertname} ${host} ${alert.status}`);
        this.begun.add(alert.startsAt);
      }
      return new Response();
    },
  );

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** One more agent beside that of a system. */
async function addAgent(
  lars: LocalLars,
  folder: string,
): Promise<RunningDeno & { at: Endpoint }> {
  await Deno.mkdir(folder);
  const at = { hostname: "127.0.0.1", port: freeUdpPorts(3) };
  const [dns, reporter] = (["dns", "reporter"] as const).map((name) =>
    lars.addressOf(name).split(":")[1]
  );
  await Deno.writeTextFile(
    `${folder}/agent.conf`,
    `[agent]\nport = ${at.port}\n[dnsserver]\nport = ${dns}\n[reporter]\nport = ${reporter}\n`,
  );
  const agent = new RunningDeno([
    ...["run", "-A", "agent/main.ts"],
    ...[`--conf=${folder}`, `--data=${folder}`],
  ]);
  return Object.assign(agent, { at });
}

/** Calls a host as a program does: those to the dead one fail at once. */
async function call(client: LarsClient): Promise<void> {
  const outcome = await client.getHost(1, 1);
  if (outcome.state !== "found") return;
  const { host } = outcome;
  const isDead = formatAddress(host) === DEAD;
  const returnCode = isDead ? 1 : 0;
  const durationUs = isDead ? 100 : 20_000;
  await client.report(1, 1, { host, returnCode, durationUs });
}

Deno.test("a host that dies is out at every caller in the store, and an alarm lives on when its reporter is killed", async () => {
  await using receiver = new Receiver();
  const metricsPort = freeTcpPort();
  await using lars = await LocalLars.start({
    routes: HOSTS.map((host) => row(1, 1, host)),
    settings: [{ modId: 1, cmdId: 1, policy: "adaptive", check: false }],
    conf: {
      reporter:
        `[alarms]\nwebhooks = ${receiver.url}\n[metrics]\nport = ${metricsPort}\n`,
    },
    print: () => {},
  });
  await using second = await addAgent(lars, `${lars.folder}/second`);
  await using third = await addAgent(lars, `${lars.folder}/third`);
  for (const agent of [second, third]) await agent.printed(/ready/);
  const agents = [lars.agent, second.at, third.at];
  const clients = agents.map((agent) => LarsClient.open({ agent }));
  await using history = await openHistoryStore({ kind: "sqlite" }, {
    dataDir: lars.folder,
    clock: new SystemClock(),
  });

  const states = await eventually("the host is out at 3 of 3", async () => {
    for (const client of clients) await call(client);
    const rows = await history.states({ key: { modId: 1, cmdId: 1 } });
    const out = rows.filter(({ state }) => state === HostState.ejected);
    return out.length === 3 && out;
  }, { deadlineMs: 30_000 });
  assertEquals(new Set(states.map(({ agent }) => agent)).size, 3);
  for (const state of states) {
    assertEquals(formatAddress(state), DEAD);
    assertEquals(state.reason, HostReason.refused);
    assert(state.since > 0);
  }
  await eventually("calls are counted at 3 callers", async () => {
    const [total] = await history.routeTotals({
      from: 0,
      to: 2 ** 31,
      limit: 1,
    });
    return total?.callers === 3;
  }, { deadlineMs: 30_000 });
  for (const client of clients) client[Symbol.asyncDispose]();

  const place = ["--conf", lars.folder, "--data", lars.folder];
  const drained = await runLars([
    ...["host", "drain", DEAD, "--reason", "new disk", "--until", "1s"],
    ...place,
  ]);
  assertEquals(drained.code, 0, drained.stderr);
  const firing = `DrainForgotten ${DEAD} firing`;
  await eventually(
    "the alarm arrives",
    () => receiver.alarms.includes(firing),
    {
      deadlineMs: 30_000,
    },
  );
  // One that is killed before it has written that it did would tell again.
  await eventually("the store knows", async () => {
    const rows = await history.alarms();
    return rows.some(({ sends }) => sends > 0);
  });
  await lars.stopService("reporter", "SIGKILL");
  await lars.startService("reporter");
  await eventually("another reporter looks for alarms", async () => {
    const metrics = await metricsAt(metricsPort);
    return metrics.get("watchdog_timestamp_seconds")! > 0;
  }, { deadlineMs: TAKE_OVER_MS });
  const { stdout } = await runLars(["alarm", "list", ...place]);
  assertMatch(stdout, /DrainForgotten .* by .*: new disk/);
  assertEquals((await runLars(["alarm", "test", ...place])).code, 0);
  assertEquals(receiver.alarms.filter((each) => each === firing).length, 1);

  await runLars(["host", "undrain", DEAD, ...place]);
  const resolved = `DrainForgotten ${DEAD} resolved`;
  await eventually("it ends", () => receiver.alarms.includes(resolved), {
    deadlineMs: 30_000,
  });
  assertEquals(
    receiver.alarms.filter((each) => each.startsWith("DrainForgotten")),
    [firing, resolved],
  );
});
