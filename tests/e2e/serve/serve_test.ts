import { assert, assertEquals, assertMatch } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import { freeTcpPort } from "../../../tasks/local/free_ports.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { AgentProcess } from "../../support/agent_process.ts";
import {
  processesWith,
  runLars,
  RunningDeno,
} from "../../support/processes.ts";
import { storeArguments } from "../../support/stores.ts";
import { eventually } from "../../support/wait.ts";
import { Callers } from "./callers.ts";

/** Loopback is an address of a machine only where its agent is told so. */
const REGISTER = "[register]\nenabled = on\nadvertise = 127.0.0.1\n";

/** Longer than this test: programs end when their calls have. */
const DRAIN = "10m";

/** Time that a program takes to answer, in milliseconds. */
const SERVICE_MS = 30;

/** Dns, reporter, an agent whose programs may register, and two other agents. */
class Fleet implements AsyncDisposable {
  readonly #ports = new Set<number>();

  private constructor(
    readonly lars: LocalLars,
    readonly others: readonly AgentProcess[],
  ) {}

  static async start(): Promise<Fleet> {
    const lars = await LocalLars.start({
      routes: [],
      settings: [{ modId: 1, cmdId: 1, policy: "adaptive" }],
      conf: { agent: REGISTER },
      print: () => {},
    });
    const peers = {
      dns: [lars.addressOf("dns")],
      reporters: [lars.addressOf("reporter")],
    };
    const others = [
      await AgentProcess.create(peers),
      await AgentProcess.create(peers),
    ];
    await Promise.all(others.map((agent) => agent.start()));
    return new Fleet(lars, others);
  }

  /** Where programs ask for hosts. */
  get agents() {
    return [this.lars.agent, ...this.others.map(({ at }) => at)];
  }

  /** Runs a program that serves route (1, 1) at a port. */
  serve(port: number, ...options: string[]): RunningDeno {
    this.#ports.add(port);
    return new RunningDeno([
      ...["run", "--no-prompt", "--allow-net", "--allow-read"],
      ...["--allow-write", "--allow-run", "api/cli/main.ts"],
      ...["serve", "1", "1", "--port", String(port), "--drain", DRAIN],
      ...["--agent", `127.0.0.1:${this.lars.agent.port}`, ...options],
      ...["--", Deno.execPath(), "run", "--allow-net"],
      ...["tests/e2e/serve/program.ts", String(port), String(SERVICE_MS)],
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A `lars serve` that was killed has left its program behind.
    for (const port of this.#ports) {
      for (const pid of await programsOf(port)) Deno.kill(pid, "SIGKILL");
    }
    await Promise.all(this.others.map((agent) => agent[Symbol.asyncDispose]()));
    await this.lars[Symbol.asyncDispose]();
  }
}

/** Waits until an agent hands out these hosts of route (1, 1), and no other. */
async function assertServed(
  agent: { hostname: string; port: number },
  ports: readonly number[],
): Promise<void> {
  await using client = LarsClient.open({ agent });
  let seen = "";
  await eventually(`hosts ${ports.join(", ")}`, async () => {
    const route = await client.getRoute(1, 1);
    const hosts = route.state === "found" ? route.hosts : [];
    seen = hosts.map(formatAddress).sort().join(", ");
    return seen === ports.map((port) => `127.0.0.1:${port}`).sort().join(", ");
  }, { explain: () => `now ${seen || "none"}`, deadlineMs: 20_000 });
}

Deno.test(
  "a program that lars serve runs comes, leaves under load without a failed call, and dies with few",
  async (test) => {
    await using fleet = await Fleet.start();
    const [first, second] = [freeTcpPort(), freeTcpPort()];
    await using one = fleet.serve(first);
    await using two = fleet.serve(second);
    for (const agent of fleet.agents) {
      await assertServed(agent, [first, second]);
    }
    await test.step("a person's word holds, and ends", async () => {
      const host = `127.0.0.1:${first}`;
      const remove = ["instances", "remove", "1", "1", host];
      await lars(...remove, ...storeArguments(fleet.lars));
      await assertServed(fleet.lars.agent, [second]);
      const listed = await lars("instances", ...storeArguments(fleet.lars));
      assertMatch(listed, new RegExp(`${host} +removed by hand `));
      assertMatch(listed, new RegExp(`127.0.0.1:${second} +served .*renewed`));
      const undrain = ["host", "undrain", host, "1", "1"];
      await lars(...undrain, ...storeArguments(fleet.lars));
      for (const agent of fleet.agents) {
        await assertServed(agent, [first, second]);
      }
    });
    await test.step("SIGTERM", async () => {
      await using callers = new Callers(fleet.agents, { each: 4 });
      await callers.hasCalled(first);
      one.kill("SIGTERM");
      // 128 and SIGTERM: the program was passed it, when nobody called it.
      assertEquals(await one.ended(), 143, one.output);
      assertMatch(one.output, /leaving.*: \d+ calls? in flight at \d callers?/);
      await callers.hasCalled(second);
      assertEquals([callers.failed.flat(), callers.broken], [[], []]);
    });
    await test.step("SIGKILL", async () => {
      await using third = fleet.serve(first);
      await third.printed(/: served/);
      await using callers = new Callers(fleet.agents, { each: 1 });
      await callers.hasCalled(first);
      const [pid] = await programsOf(first);
      Deno.kill(pid!, "SIGKILL");
      assertEquals(await third.ended(), 137, third.output);
      await assertServed(fleet.lars.agent, [second]);
      for (const failed of callers.failed) {
        assert(failed.length <= 3, failed.join("\n"));
      }
    });
    two.kill("SIGTERM");
    await two.ended();
    for (const agent of fleet.agents) await assertServed(agent, []);
  },
);

/** Runs `lars`; returns what it printed. */
async function lars(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runLars(args);
  assertEquals(code, 0, stderr);
  return stdout;
}

/** The processes that serve a port. */
async function programsOf(port: number): Promise<number[]> {
  const found = await processesWith(`tests/e2e/serve/program.ts ${port} `);
  // That of `lars serve` has the whole line.
  return found.filter(({ command }) => !command.includes("api/cli/main.ts"))
    .map(({ pid }) => pid);
}
