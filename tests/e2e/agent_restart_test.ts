import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { parseAddress, type Route } from "../../proto/mod.ts";
import { AgentProcess } from "../support/agent_process.ts";
import { eventually, sleep } from "../support/wait.ts";

const HOST = parseAddress("10.0.0.1:80");

/** Times that the agent is killed. */
const KILLS = 10;

/** Answers between two kills. */
const ANSWERS = 200;

function routesOf(count: number): Route[] {
  return Array.from(
    { length: count },
    (_, index) => ({ modId: index + 1, cmdId: 1, hosts: [HOST] }),
  );
}

/** Calls of all routes without a pause, and what is heard of them. */
class Calls {
  readonly heard = new Map<string, number>();
  readonly #client: LarsClient;
  readonly #running: Promise<unknown>;
  #isStopped = false;

  constructor(agent: AgentProcess, routes: readonly Route[]) {
    this.#client = LarsClient.open({ agent: agent.at });
    // Several at a time, so that some wait at the port whenever it opens.
    this.#running = Promise.all(
      Array.from({ length: 8 }, (_, index) => this.#run(routes, index)),
    );
  }

  count(state: string): number {
    return this.heard.get(state) ?? 0;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    await this.#client[Symbol.asyncDispose]();
  }

  async #run(routes: readonly Route[], start: number): Promise<void> {
    for (let index = start; !this.#isStopped; index += 7) {
      const { modId, cmdId } = routes[index % routes.length]!;
      const { state } = await this.#client.getHost(modId, cmdId);
      this.heard.set(state, this.count(state) + 1);
      if (index % 70 < 7) await sleep(1);
    }
  }
}

for (const transport of ["auto", "datagram"]) {
  Deno.test(`an agent that is killed under load and started again never says that there is no such route (${transport})`, async () => {
    const routes = routesOf(1_000);
    await using agent = await AgentProcess.create({
      routes,
      conf: `[udp]\ntransport = ${transport}\n`,
    });
    await agent.start();
    const calls = new Calls(agent, routes);
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const before = calls.count("found");
        await eventually(
          "answers",
          () => calls.count("found") > before + ANSWERS,
        );
        await agent.stop("SIGKILL");
        await agent.start();
      }
    } finally {
      await calls.stop();
    }
    assert(calls.count("found") > KILLS * ANSWERS);
    assertEquals(calls.count("no_route"), 0);
  });
}

const WHOLE = routesOf(3).map(({ modId }) =>
  `{"modid":${modId},"cmdid":1,"hosts":["10.0.0.1:80"]}`
);
const DAMAGED: [string, string][] = [
  ["half", `{"version":1,"routes":[\n${WHOLE.join(",\n")},\n{"modid":9,"cm`],
  ["with a bad line", ['{"version":1,"routes":[', "{]", ...WHOLE].join("\n")],
  ["with garbage first", `\0\ufffd\x01\n\0\n${WHOLE.join(",\n")}\n]}\n`],
];

for (const [what, text] of DAMAGED) {
  Deno.test(`an agent serves what is whole in a file of routes that is ${what}, says so once, and mends it`, async () => {
    await using agent = await AgentProcess.create();
    await agent.write(text);
    await agent.start();
    await using client = LarsClient.open({ agent: agent.at });
    for (const modId of [1, 2, 3]) {
      assertEquals((await client.getHost(modId, 1)).state, "found");
    }
    assertEquals(agent.linesWith(/routes on disk are damaged/).length, 1);
    await eventually("the file is whole", async () => {
      const path = `${agent.data}/agent-routes.json`;
      const text = await Deno.readTextFile(path).catch(() => "");
      return text.split('"modid"').length === 4 && text.endsWith("]}\n");
    });
  });
}
