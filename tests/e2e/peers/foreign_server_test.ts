import { eventually } from "../../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { MessageId } from "../../../proto/mod.ts";
import { freeUdpPorts } from "../../../tasks/local/free_ports.ts";
import { ServiceProcess } from "../../../tasks/local/service_process.ts";
import { serviceArguments } from "../../../tasks/local/services.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  message,
} from "../../support/foreign_wire.ts";
import { vector } from "../../wire/vectors.ts";

Deno.test("our client asks and reports in the vectors' bytes, and understands an agent that has a system error", async () => {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: freeUdpPorts(3) + 2,
  });
  const { port } = socket.addr as Deno.NetAddr;
  await using client = LarsClient.open({
    agent: { hostname: "127.0.0.1", port: port - 2 },
    // The first seq is one more.
    random: () => 6 / 2 ** 32,
  });
  const asking = client.getHost(1, 1);
  const [request, from] = await socket.receive();
  assertEquals(request, vector("get host"));
  await socket.send(vector("host found, 192.168.1.177:7777"), from);
  const outcome = await asking;
  assert(outcome.state === "found");

  const { host } = outcome;
  await client.report(1, 1, { host, returnCode: 0 });
  assertEquals((await socket.receive())[0], vector("report success"));
  await client.report(1, 1, { host, returnCode: 1 });
  assertEquals((await socket.receive())[0], vector("report failure"));

  const second = client.getHost(1, 1);
  await socket.receive();
  await socket.send(vector("system error"), from);
  assertEquals((await second).state, "system_error");
  socket.close();
});

Deno.test("our agent works with a dns and a reporter written by somebody else", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const dnsListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const reporterListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const agentPort = freeUdpPorts(3);
  await Deno.writeTextFile(
    `${folder}/agent.conf`,
    `[agent]
port = ${agentPort}
[dnsserver]
port = ${dnsListener.addr.port}
[reporter]
port = ${reporterListener.addr.port}
`,
  );
  const agent = new ServiceProcess({
    name: "agent",
    arguments: await serviceArguments("agent", { conf: folder, data: folder }),
    print: () => {},
  });
  try {
    await agent.ready();
    using dns = new ForeignConnection(await dnsListener.accept());
    using reporter = new ForeignConnection(await reporterListener.accept());
    using client = new ForeignClient(agentPort);
    // Asked until the agent has noticed that it is connected.
    let pull: Uint8Array | null | undefined;
    // Others drop a Hello, whose id they do not know.
    assertEquals((await dns.receive()).id, MessageId.hello);
    dns.receiveBytes().then((bytes) => pull = bytes);
    await eventually("the agent pulls", async () => {
      assertEquals((await client.getHost(1, 1)).retcode, 3);
      return pull !== undefined;
    });
    assertEquals(pull, vector("agent asks dns for a route"));
    await dns.send(vector("dns answers or pushes two hosts"));
    await eventually(
      "the hosts",
      async () => (await client.getHost(1, 1)).retcode === 0,
    );

    for (let calls = 0; calls < 200; calls++) {
      await client.send(vector("report success"), 2);
      // The socket's buffer must not overflow: wait for the agent.
      if (calls % 50 === 0) await client.getHost(1, 1);
    }
    for (let calls = 0; calls < 3; calls++) {
      await client.send(vector("report failure"), 2);
    }
    const second = message({ 1: 0xc0a801b2 | 0, 2: 7776 });
    for (let failures = 0; failures < 20; failures++) {
      const body = message({ 1: 1, 2: 1, 3: second, 4: 1 });
      await client.send(frame(6, body), 2);
    }
    // All but the time must be as in the vector: two hosts, the second of them
    // overloaded since its 15th failure and with 5 more.
    const expected = vector("agent reports call results");
    await eventually("the status", async () => {
      const { id, body } = await reporter.receive();
      const sent = frame(id, body);
      return sent.length === expected.length &&
        sent.subarray(0, -5).toHex() === expected.subarray(0, -5).toHex();
    });
  } finally {
    await agent.stop();
    dnsListener.close();
    reporterListener.close();
    await Deno.remove(folder, { recursive: true });
  }
});
