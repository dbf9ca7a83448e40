/** Programs that register themselves, while services die and come back. */
import { assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { row } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";
import { Callers } from "./callers.ts";

/** A program in this process: answers every call, and counts them. */
class Program implements AsyncDisposable {
  calls = 0;
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => {
      this.calls += 1;
      return new Response();
    },
  );

  get port(): number {
    return this.#server.addr.port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("a program that serves is called through restarts of agent and dns, and leaves without a failed call", async () => {
  await using fixed = new Program();
  await using lars = await LocalLars.start({
    routes: [row(1, 1, fixed.address)],
    conf: { agent: "[register]\nenabled = on\nadvertise = 127.0.0.1\n" },
    print: () => {},
  });
  await using client = LarsClient.open({ agent: lars.agent });
  await eventually(
    "the route",
    async () => (await client.getHost(1, 1)).state === "found",
  );
  await using callers = new Callers([lars.agent], { each: 5 });
  await callers.hasCalled(fixed.address);
  await using program = new Program();
  await using instance = await client.serve({
    modId: 1,
    cmdId: 1,
    port: program.port,
    drainMs: 20_000,
  });
  await callers.hasCalled(program.address);
  await eventually("it hears that", () => instance.state === "served");
  for (const name of ["agent", "dns"] as const) {
    await lars.stopService(name, "SIGKILL");
    await lars.startService(name);
    await callers.hasCalled(program.address);
    await instance.ready();
  }
  await instance.close();
  const { calls } = program;
  const route = await client.getRoute(1, 1);
  assertEquals(
    route.state === "found" && route.hosts.map(formatAddress),
    [fixed.address],
  );
  await callers.hasCalled(fixed.address);
  assertEquals(program.calls, calls);
  // While the agent is away the client stands in for it.
  assertEquals(callers.failed.flat(), []);
});
