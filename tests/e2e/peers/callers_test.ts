/** Agents behind one address that are told apart by their files. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { parseIp } from "../../../proto/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { AgentProcess } from "../../support/agent_process.ts";
import { row, STATUS_MS_MAX, statusRows } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const CALLERS = ["192.0.2.1", "192.0.2.2"];

/** Calls that the program of each agent makes. */
const CALLS = [30, 5];

async function callAll(agent: AgentProcess, calls: number): Promise<void> {
  await using client = LarsClient.open({ agent: agent.at });
  await client.register(1, 1);
  for (let call = 0; call < calls; call++) {
    const outcome = await client.getHost(1, 1);
    assertEquals(outcome.state, "found");
    if (outcome.state !== "found") continue;
    await client.report(1, 1, { host: outcome.host, returnCode: 0 });
  }
}

Deno.test("agents of one machine have rows of their own where their files name a caller each", async () => {
  await using lars = await LocalLars.start({
    routes: [row(1, 1, "10.0.0.1:80")],
    print: () => {},
  });
  await using agents = new AsyncDisposableStack();
  const ids: string[] = [];
  for (const [index, caller] of CALLERS.entries()) {
    const agent = agents.use(
      await AgentProcess.create({
        dns: [lars.addressOf("dns")],
        reporters: [lars.addressOf("reporter")],
        conf: `[agent]\ncaller = ${caller}\n`,
      }),
    );
    await agent.start();
    await callAll(agent, CALLS[index]!);
    ids.push(await Deno.readTextFile(`${agent.data}/agent-id`));
  }
  assertNotEquals(ids[0], ids[1]);
  const rows = () =>
    statusRows(lars.folder).map(({ caller, succ_cnt }) => [caller, succ_cnt]);
  const expected = CALLERS.map((caller, index) => [
    parseIp(caller),
    CALLS[index],
  ]);
  await eventually(
    "a row of each",
    () => JSON.stringify(rows().sort()) === JSON.stringify(expected),
    { explain: () => JSON.stringify(rows()), deadlineMs: STATUS_MS_MAX },
  );
});
