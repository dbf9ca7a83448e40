/** A program that registers with an agent whose dns knows no registration. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { LarsClient, ServeError } from "../../../api/mod.ts";
import { MessageId } from "../../../proto/mod.ts";
import { OlderLars } from "../../support/older_lars.ts";
import { AgentProcess } from "../../support/agent_process.ts";
import { ForeignConnection } from "../../support/foreign_wire.ts";
import { eventually } from "../../support/wait.ts";
import { vector } from "../../wire/vectors.ts";

// With a key that neither of them knows of.
const REGISTER_ON =
  "[register]\nenabled = on\nadvertise = 127.0.0.1\nkey = sixteen and more\n";

/** A dns as the original's: drops what it does not know, and has one route. */
class OriginalDns implements Disposable {
  /** Ids of the frames that came. */
  readonly ids = new Set<number>();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<ForeignConnection>();

  constructor() {
    this.#accept();
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) this.#serve(connection);
    } catch {
      // It is closed.
    }
  }

  async #serve(stream: Deno.TcpConn): Promise<void> {
    const connection = new ForeignConnection(stream);
    this.#connections.add(connection);
    try {
      for (;;) {
        const { id } = await connection.receive();
        this.ids.add(id);
        if (id !== MessageId.getRouteRequest) continue;
        await connection.send(vector("dns answers or pushes two hosts"));
      }
    } catch {
      // The agent has gone.
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) connection[Symbol.dispose]();
  }
}

const older = await OlderLars.unpack();
Deno.test.afterAll(() => older?.[Symbol.asyncDispose]());
if (older === undefined) {
  console.log("skipped: this is no clone with the history of the repository");
}

Deno.test({
  name: "a program beside a dns of an older Lars is pending",
  ignore: older === undefined,
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "lars-test-" });
    const conf = `${data}/dns.conf`;
    await Deno.writeTextFile(conf, "[reactor]\nport = 0\n");
    {
      await using dns = older!.run(
        "dns/main.ts",
        ...["--conf", conf, "--data", data],
      );
      const [, address = ""] = await dns.printed(/ready at=(\S+)/);
      await using agent = await AgentProcess.create({
        dns: [address],
        conf: REGISTER_ON,
      });
      await agent.start();
      await using client = LarsClient.open({ agent: agent.at });
      const offer = { modId: 1, cmdId: 1, port: 8080, drainMs: 1 };
      await using instance = await client.serve(offer);
      await eventually(
        "the agent is connected",
        () => instance.reason === "this dns does not take registrations",
      );
      assertEquals(instance.state, "pending");
      assertEquals((await client.getHost(1, 1)).state, "no_route");
    }
    await Deno.remove(data, { recursive: true });
  },
});

Deno.test("a program beside an original dns is pending, hears why, and costs nobody anything", async () => {
  using dns = new OriginalDns();
  await using agent = await AgentProcess.create({ dns: [dns.address] });
  await agent.start();
  await using client = LarsClient.open({ agent: agent.at });
  const offer = { modId: 1, cmdId: 1, port: 8080, drainMs: 1 };
  const error = await assertRejects(() => client.serve(offer), ServeError);
  assertEquals(error.state, "refused");
  assert(error.message.includes("set [register] enabled = on"), error.message);

  await agent.configure({ dns: [dns.address], conf: REGISTER_ON });
  agent.reload();
  await eventually(
    "it is allowed",
    () => agent.linesWith(/reloaded.*register/).length === 1,
  );
  await using instance = await client.serve(offer);
  await eventually(
    "the agent is connected",
    () => instance.reason === "this dns does not take registrations",
  );
  assertEquals(instance.state, "pending");
  await eventually(
    "the agent says so",
    () => agent.linesWith(/registrations wait/).length === 1,
  );
  await eventually(
    "the route",
    async () => (await client.getHost(1, 1)).state === "found",
  );

  // Killed as it is, it knows the program when it is back.
  await eventually(
    "it is kept",
    async () =>
      (await Deno.readTextFile(`${agent.data}/registrations.json`))
        .includes(instance.id),
  );
  await agent.stop("SIGKILL");
  await agent.start();
  await instance.notReady();
  assertEquals(instance.state, "not_ready");
  assertEquals(agent.linesWith(/program registered/).length, 1);
  assertEquals(
    [...dns.ids].sort(),
    [MessageId.getRouteRequest, MessageId.hello],
  );
});
