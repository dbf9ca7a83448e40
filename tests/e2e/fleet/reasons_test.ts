import { assertEquals, assertMatch } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { SystemClock } from "../../../net/mod.ts";
import { formatAddress, HostState, parseAddress } from "../../../proto/mod.ts";
import { openHistoryStore } from "../../../store/mod.ts";
import { AgentProcess } from "../../support/agent_process.ts";
import { EmbeddedService } from "../../support/embedded_service.ts";
import { row, runLars } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const KEY = { modId: 1, cmdId: 1 };
const HOSTS = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
const [DEAD = ""] = HOSTS;

/** Calls a host that the agent chooses; the dead one refuses at once. */
async function call(client: LarsClient): Promise<void> {
  const outcome = await client.getHost(KEY.modId, KEY.cmdId);
  if (outcome.state !== "found") return;
  const { host } = outcome;
  const isDead = formatAddress(host) === DEAD;
  await client.report(KEY.modId, KEY.cmdId, {
    host,
    returnCode: isDead ? 1 : 0,
    durationUs: isDead ? 100 : 2_000,
  });
}

Deno.test("of a host that dies lars status says that it is out at 3 of 3 callers, why, and since when", async () => {
  await using reporter = await EmbeddedService.start({
    name: "reporter",
    rows: HOSTS.map((host) => row(KEY.modId, KEY.cmdId, host)),
  });
  await using agents = new AsyncDisposableStack();
  const callers: { agent: AgentProcess; client: LarsClient }[] = [];
  for (let count = 0; count < 3; count++) {
    const agent = agents.use(
      await AgentProcess.create({
        reporters: [reporter.at],
        conf: "[loadbalance]\npolicy = adaptive\n",
        routes: [{ ...KEY, hosts: HOSTS.map(parseAddress) }],
      }),
    );
    await agent.start();
    const client = agents.use(LarsClient.open({ agent: agent.at }));
    callers.push({ agent, client });
  }
  await using history = await openHistoryStore({ kind: "sqlite" }, {
    dataDir: reporter.folder,
    clock: new SystemClock(),
  });
  await eventually("all three hold it out", async () => {
    for (const { client } of callers) await call(client);
    const states = await history.states({ host: parseAddress(DEAD) });
    return states.filter(({ state }) => state === HostState.ejected).length ===
      3;
  });

  const data = ["--data", reporter.folder];
  const status = await runLars(["status", "1", "1", ...data]);
  assertEquals(status.code, 0, status.stderr);
  assertMatch(
    status.stdout,
    /^10\.0\.0\.1:80 .* out at 3 of 3 callers: refused, since \d\d:\d\d/m,
  );
  assertMatch(
    status.stdout,
    /10\.0\.0\.1:80 ejected at \d callers? \(.+refused/,
  );
  for (const { agent } of callers) {
    assertEquals(agent.linesWith(/host ejected .*10\.0\.0\.1:80/).length, 1);
  }
});
