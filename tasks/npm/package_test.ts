import { assertEquals } from "@std/assert";
import { FakeAgent } from "../../api/testing/mod.ts";
import { SystemClock, SystemDatagrams } from "../../net/mod.ts";
import { AGENT_SERVERS } from "../../proto/mod.ts";
import { freeUdpPorts } from "../local/free_ports.ts";
import { runDeno } from "../../tests/support/processes.ts";
import { exampleOf, NpmProject } from "./project.ts";
import { provideRuntimes } from "../../tests/runtimes/runtimes.ts";

/** A consumer of the types, as strict as a compiler can be. */
const CONSUMER = `
import { type HostOutcome, LarsClient } from "@lars/lars";

const client: LarsClient = LarsClient.open({ standInMs: 1_000 });
const outcome: HostOutcome = await client.getHost(1, 1, {
  signal: AbortSignal.timeout(500),
});
if (outcome.state === "found") console.log(outcome.host.port, outcome.standIn);
// @ts-expect-error A route is two numbers.
await client.getHost("1", 1);
`;

Deno.test("the npm package runs the program of its page on each runtime, and has types", async () => {
  await using project = await NpmProject.make();
  const port = freeUdpPorts(AGENT_SERVERS);
  const agent = new FakeAgent({
    transport: new SystemDatagrams(),
    clock: new SystemClock(),
    port,
  });
  const stop = new AbortController();
  const serving = agent.run(stop.signal);
  try {
    const program = await exampleOf("api/npm/README.md");
    const at = `{ agent: { hostname: "127.0.0.1", port: ${port} } }`;
    await project.write("a.js", program.replace("open()", `open(${at})`));
    for (const runtime of await provideRuntimes()) {
      if (runtime.missing !== undefined) continue;
      assertEquals(
        [runtime.name, await project.run(runtime, "a.js")],
        [runtime.name, "calling 192.168.1.177:7777\nup\n"],
      );
    }
  } finally {
    stop.abort();
    await serving;
  }
  await project.write("a.ts", CONSUMER);
  const { code, stderr } = await runDeno(
    ["check", "--no-config", "--node-modules-dir=manual", "a.ts"],
    { cwd: project.folder },
  );
  assertEquals(code, 0, stderr);
});
