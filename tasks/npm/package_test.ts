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

/** A program that uses the integrations which need no other package. */
const INTEGRATIONS = (port: number) => `
import { LarsClient } from "@lars/lars";
import { larsConnect } from "@lars/lars/connect";
import { larsFetch } from "@lars/lars/fetch";
import { registerLars } from "@lars/lars/grpc";
import { instrumentLars } from "@lars/lars/otel";
import { larsInterceptor } from "@lars/lars/undici";

const spans = [];
const startSpan = (name) => ({ end: () => spans.push(name) });
instrumentLars({ tracer: { startSpan } });
const client = LarsClient.open({ agent: { hostname: "127.0.0.1", port: ${port} }, tries: 30 });
const fetch = larsFetch(client, { routes: { pages: [2, 1] } });
console.log(await (await fetch("lars://pages/fetched")).text());
const socket = larsConnect(client, [2, 1])();
socket.end("GET /connected HTTP/1.0\\r\\n\\r\\n");
let answer = "";
for await (const chunk of socket) answer += chunk;
console.log(answer.split("\\n").at(-1));
console.log(spans.length, typeof registerLars, typeof larsInterceptor);
await client.close();
`;

Deno.test("the npm package runs the program of its page on each runtime, and has types", async () => {
  await using project = await NpmProject.make();
  const port = freeUdpPorts(AGENT_SERVERS);
  const pages = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => new Response(new URL(url).pathname),
  );
  const agent = new FakeAgent({
    transport: new SystemDatagrams(),
    clock: new SystemClock(),
    port,
    routes: {
      "1,1": ["192.168.1.177:7777"],
      "2,1": [`127.0.0.1:${pages.addr.port}`],
    },
  });
  const stop = new AbortController();
  const serving = agent.run(stop.signal);
  try {
    const program = await exampleOf("api/npm/README.md");
    const agentAt = `{ hostname: "127.0.0.1", port: ${port} }`;
    const options = `{ agent: ${agentAt}, tries: 30 }`;
    await project.write("a.js", program.replace("open()", `open(${options})`));
    await project.write("b.js", INTEGRATIONS(port));
    for (const runtime of await provideRuntimes()) {
      if (runtime.missing !== undefined) continue;
      assertEquals(
        [runtime.name, await project.run(runtime, "a.js")],
        [runtime.name, "calling 192.168.1.177:7777\nup\n"],
      );
      assertEquals(
        [runtime.name, await project.run(runtime, "b.js")],
        [runtime.name, "/fetched\n/connected\n2 function function\n"],
      );
    }
  } finally {
    stop.abort();
    await serving;
    await pages.shutdown();
  }
  await project.write("a.ts", CONSUMER);
  const { code, stderr } = await runDeno(
    ["check", "--no-config", "--node-modules-dir=manual", "a.ts"],
    { cwd: project.folder },
  );
  assertEquals(code, 0, stderr);
});
