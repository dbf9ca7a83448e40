import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import {
  AGENT_SERVERS,
  encodeFrame,
  type Endpoint,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
} from "../../proto/mod.ts";
import { AgentProcess } from "../support/agent_process.ts";
import { hasCommand } from "../package/packages.ts";
import { KeptAgent } from "./kept_agent.ts";
import { eventually, nowMs, sleep } from "../support/wait.ts";

const RATE_PER_SECOND = 1_000;
const RESTARTS = 5;

/** Answers between two restarts. */
const ANSWERS = 1_000;

const HOST = parseAddress("10.0.0.1:80");

/** Sockets of the callers: the system keeps 277 datagrams for each at least. */
const SOCKETS = 64;

/** Time in which every answer comes, also on a busy machine. */
const ANSWER_MS_MAX = 30_000;

/** Requests for one host at a fixed rate, each sent once. */
class Requests {
  /** Time from each request to its answer. */
  readonly answeredMs: number[] = [];
  /** Answers that were no host. */
  refused = 0;
  readonly #sockets = Array.from(
    { length: SOCKETS },
    () =>
      Deno.listenDatagram({
        transport: "udp",
        hostname: "127.0.0.1",
        port: 0,
      }),
  );
  /** When each request without an answer was sent, by its number. */
  readonly #sentMs = new Map<number, number>();
  readonly #running: Promise<unknown>;
  #isStopped = false;

  constructor(at: Endpoint) {
    this.#running = Promise.all([
      this.#send(at),
      ...this.#sockets.map((socket) => this.#receive(socket)),
    ]);
  }

  /** Sends no more, and waits for the last answers; throws if one does not come. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    try {
      await eventually("all answers", () => this.#sentMs.size === 0, {
        deadlineMs: ANSWER_MS_MAX,
        explain: () => `${this.#sentMs.size} were lost`,
      });
    } finally {
      for (const socket of this.#sockets) socket.close();
      await this.#running;
    }
  }

  async #send(at: Endpoint): Promise<void> {
    const startedMs = nowMs();
    for (let seq = 1; !this.#isStopped;) {
      const due = (nowMs() - startedMs) * RATE_PER_SECOND / 1_000;
      for (; seq < due; seq++) {
        const request = { seq, modid: 3, cmdid: 3 };
        this.#sentMs.set(seq, nowMs());
        await this.#sockets[seq % SOCKETS]!.send(
          encodeFrame(
            MessageId.getHostRequest,
            lars.GetHostRequest.encode(request).finish(),
          ),
          { transport: "udp", ...at },
        );
      }
      await sleep(1);
    }
  }

  async #receive(socket: Deno.DatagramConn): Promise<void> {
    for await (const [datagram] of socket) {
      const { body } = parseDatagram(datagram)!;
      const { seq, retcode } = lars.GetHostResponse.decode(body);
      const sentMs = this.#sentMs.get(seq);
      if (sentMs === undefined || !this.#sentMs.delete(seq)) continue;
      this.answeredMs.push(nowMs() - sentMs);
      this.refused += Number(retcode !== 0);
    }
  }
}

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
    const requests = new Requests(agent.at);
    try {
      for (let restart = 0; restart <= RESTARTS; restart++) {
        const before = requests.answeredMs.length;
        await eventually(
          "answers",
          () => requests.answeredMs.length > before + ANSWERS,
        );
        if (restart < RESTARTS) await kept.restart();
      }
    } finally {
      await requests.stop();
    }
    console.log(
      `${requests.answeredMs.length} answers, the slowest after ${
        Math.round(Math.max(...requests.answeredMs))
      } ms`,
    );
    assertEquals(kept.starts, RESTARTS + 1);
    assert(requests.answeredMs.length > RESTARTS * ANSWERS);
    assertEquals(requests.refused, 0);
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
