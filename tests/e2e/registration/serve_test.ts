/** Programs that register themselves, with real services. */
import { assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { row } from "../../support/processes.ts";
import { eventually, sleep } from "../../support/wait.ts";

const REGISTER_ON = "[register]\nenabled = on\nadvertise = 127.0.0.1\n";

/** Pause between two calls of a caller. */
const PAUSE_MS = 5;

/** A program: answers every call, and counts them. */
class Program implements AsyncDisposable {
  calls = 0;
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => {
      this.calls += 1;
      return new Response("hello");
    },
  );

  get port(): number {
    return this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Programs that call route (1, 1) again and again until they are disposed of. */
class Callers implements AsyncDisposable {
  /** Calls that failed, and why. */
  readonly failures: string[] = [];
  readonly #client: LarsClient;
  readonly #calling: Promise<unknown>;
  #isOver = false;

  constructor(client: LarsClient, count: number) {
    this.#client = client;
    const callers = Array.from({ length: count }, () => this.#call());
    this.#calling = Promise.all(callers);
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const outcome = await this.#client.getHost(1, 1);
      if (outcome.state !== "found") {
        this.failures.push(outcome.state);
        await sleep(PAUSE_MS);
        continue;
      }
      const { host } = outcome;
      const url = `http://${formatAddress(host)}/`;
      let returnCode = 0;
      try {
        await (await fetch(url)).text();
      } catch (error) {
        this.failures.push(`${url}: ${error}`);
        returnCode = 1;
      }
      await this.#client.report(1, 1, { host, returnCode });
      await sleep(PAUSE_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#calling;
  }
}

async function hostsOf(client: LarsClient): Promise<string[]> {
  const route = await client.getRoute(1, 1);
  return route.state === "found" ? route.hosts.map(formatAddress).sort() : [];
}

Deno.test("a program that serves is called, stays through restarts, and leaves without a failed call", async () => {
  await using fixed = new Program();
  await using lars = await LocalLars.start({
    routes: [row(1, 1, `127.0.0.1:${fixed.port}`)],
    conf: { agent: REGISTER_ON },
    print: () => {},
  });
  await using client = LarsClient.open({ agent: lars.agent });
  await eventually(
    "the route",
    async () => (await client.getHost(1, 1)).state === "found",
  );
  await using callers = new Callers(client, 5);
  {
    await using program = new Program();
    await using instance = await client.serve({
      modId: 1,
      cmdId: 1,
      port: program.port,
      drainMs: 20_000,
    });
    await eventually("it is called", () => program.calls > 0);
    await eventually("it hears that", () => instance.state === "served");
    for (const name of ["agent", "dns"] as const) {
      await lars.stopService(name, "SIGKILL");
      await lars.startService(name);
      const { calls } = program;
      await eventually("it is called again", () => program.calls > calls + 10);
      await instance.ready();
    }
    await instance.close();
    const { calls } = program;
    assertEquals(await hostsOf(client), [`127.0.0.1:${fixed.port}`]);
    await eventually("the other is called", () => fixed.calls > calls);
    assertEquals(program.calls, calls);
  }
  // While the agent is away the client stands in for it.
  assertEquals(callers.failures, []);
});
