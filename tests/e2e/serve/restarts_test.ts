/** Programs that register themselves, while services die and come back. */
import { assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { row } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";
import { Callers } from "./callers.ts";

/** A program in this process: answers every call with its port, and counts them. */
class Program implements AsyncDisposable {
  calls = 0;
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => {
      this.calls += 1;
      return new Response(String(this.port));
    },
  );

  get port(): number {
    return this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("a program that serves is called through restarts of agent and dns, and leaves without a failed call", async () => {
  await using fixed = new Program();
  await using lars = await LocalLars.start({
    routes: [row(1, 1, `127.0.0.1:${fixed.port}`)],
    conf: { agent: "[register]\nenabled = on\nadvertise = 127.0.0.1\n" },
    print: () => {},
  });
  await using client = LarsClient.open({ agent: lars.agent });
  await eventually(
    "the route",
    async () => (await client.getHost(1, 1)).state === "found",
  );
  await using callers = new Callers([lars.agent], { each: 5 });
  await callers.hasCalled(fixed.port);
  await using program = new Program();
  const { port } = program;
  await using instance = await client.serve({
    modId: 1,
    cmdId: 1,
    port,
    drainMs: 20_000,
  });
  await callers.hasCalled(port);
  await eventually("it hears that", () => instance.state === "served");
  for (const name of ["agent", "dns"] as const) {
    await lars.stopService(name, "SIGKILL");
    await lars.startService(name);
    await callers.hasCalled(port);
    await instance.ready();
  }
  await instance.close();
  const { calls } = program;
  const route = await client.getRoute(1, 1);
  assertEquals(
    route.state === "found" && route.hosts.map(formatAddress),
    [`127.0.0.1:${fixed.port}`],
  );
  await callers.hasCalled(fixed.port);
  assertEquals(program.calls, calls);
  // While the agent is away the client stands in for it.
  assertEquals(callers.failed.flat(), []);
});
