import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { AGENT_SERVERS, parseAddress } from "../../proto/mod.ts";
import { AgentProcess } from "../support/agent_process.ts";
import { hasCommand } from "../package/packages.ts";
import { KeptAgent } from "./kept_agent.ts";
import { eventually } from "../support/wait.ts";
import { Requests } from "./requests.ts";

const RESTARTS = 5;

/** Answers between two restarts. */
const ANSWERS = 1_000;

const HOST = parseAddress("10.0.0.1:80");

const hasKeeper = await hasCommand("systemd-socket-activate");

Deno.test({
  name: hasKeeper
    ? "an agent that is restarted under 1,000 requests a second answers each, as systemd keeps its sockets"
    : "an agent that is restarted answers each request (skipped: no systemd-socket-activate)",
  ignore: !hasKeeper,
  async fn() {
    await using agent = await AgentProcess.create({
      routes: [{ modId: 3, cmdId: 3, hosts: [HOST] }],
    });
    await using kept = await KeptAgent.start(agent);
    const requests = new Requests(agent.at, { modId: 3, cmdId: 3 });
    try {
      for (let restart = 0; restart <= RESTARTS; restart++) {
        const before = requests.counts.answered;
        await eventually(
          "answers",
          () => requests.counts.answered > before + ANSWERS,
        );
        if (restart < RESTARTS) await kept.restart();
      }
    } finally {
      await requests.stop();
    }
    assertEquals(kept.starts, RESTARTS + 1);
    assertEquals([requests.counts.lost, requests.counts.refused], [0, 0]);
  },
});

for (const policy of ["lars", "adaptive"]) {
  Deno.test({
    name:
      `a host that is out of use when its agent is restarted is so in the first answer, and gets no calls but probes (${policy})`,
    ignore: !hasKeeper,
    async fn() {
      const bad = parseAddress("10.0.0.2:80");
      await using agent = await AgentProcess.create({
        routes: [{ modId: 3, cmdId: 3, hosts: [HOST, bad] }],
        conf: `[loadbalance]\npolicy = ${policy}\n`,
      });
      await using kept = await KeptAgent.start(agent);
      await using client = LarsClient.open({
        agent: agent.at,
        timeoutMs: 10_000,
        standInMs: 0,
      });
      /** Picks a host and says how it went; true if it is the bad one. */
      const call = async () => {
        const found = await client.getHost(3, 3);
        assert(found.state === "found");
        const isBad = found.host.ip === bad.ip;
        const returnCode = Number(isBad);
        await client.report(3, 3, { host: found.host, returnCode });
        return isBad;
      };
      const outOfUse = async () => {
        const route = await client.getRoute(3, 3, { withState: true });
        assert(route.state === "found");
        return route.hosts.filter((host) => host.overload)
          .map(({ ip, port }) => ({ ip, port }));
      };
      await eventually("out of use", async () => {
        await call();
        return (await outOfUse()).length > 0;
      }, { deadlineMs: 30_000 });

      await kept.restart();
      assertEquals(await outOfUse(), [bad]);
      let calls = 0;
      for (let index = 0; index < 100; index++) calls += Number(await call());
      assert(calls <= 10, `${calls} of 100`);
      assertEquals(kept.linesWith(/cannot be read/), []);
    },
  });
}

Deno.test({
  name:
    "an agent that answers datagrams one at a time binds its own sockets beside those of systemd, and says so",
  ignore: !hasKeeper,
  async fn() {
    await using agent = await AgentProcess.create({
      routes: [{ modId: 3, cmdId: 3, hosts: [HOST] }],
      conf: "[udp]\ntransport = datagram\n",
    });
    await using kept = await KeptAgent.start(agent);
    assertEquals(
      kept.linesWith(/sockets of systemd are not used/).length,
      1,
    );
    await using client = LarsClient.open({ agent: agent.at });
    for (let modId = 1; modId <= AGENT_SERVERS; modId++) {
      const { state } = await client.getHost(modId, 3);
      assertEquals(state, modId === 3 ? "found" : "no_route");
    }
  },
});
