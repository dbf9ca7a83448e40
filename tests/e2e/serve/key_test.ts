/** A dns that asks agents for a key, and how the key is changed. */
import { assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import { RunningDeno } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const KEY = 'first; "key" # of = the 0012';
const NEW_KEY = "another, which comes after that";
const REGISTER = "[register]\nenabled = on\nadvertise = 127.0.0.1\n";

/** dns, reporter and agent, whose files are changed while they run. */
class KeyedLars implements AsyncDisposable {
  readonly lines: string[];
  readonly lars: LocalLars;

  private constructor(lars: LocalLars, lines: string[]) {
    this.lars = lars;
    this.lines = lines;
  }

  static async start(): Promise<KeyedLars> {
    const lines: string[] = [];
    const lars = await LocalLars.start({
      routes: [],
      conf: { dns: `[register]\nkey = ${KEY}\n`, agent: REGISTER },
      print: (line) => lines.push(line),
    });
    return new KeyedLars(lars, lines);
  }

  /** Has a service take these lines as the last of its `[register]`. */
  async reload(service: "dns" | "agent", register: string): Promise<void> {
    const path = `${this.lars.folder}/${service}.conf`;
    const [rest] = (await Deno.readTextFile(path)).split("[register]");
    const more = service === "agent" ? REGISTER : "[register]\n";
    await Deno.writeTextFile(path, `${rest}${more}${register}\n`);
    const reloads = () =>
      this.lines.filter((line) => /reloaded .*changed=.*register/.test(line))
        .length;
    const before = reloads();
    Deno.kill(this.lars.pidOf(service)!, "SIGHUP");
    await eventually(`${service} has reloaded`, () => reloads() > before, {
      explain: () => this.lines.slice(-5).join("\n"),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lars[Symbol.asyncDispose]();
  }
}

Deno.test("a program hears that its agent lacks the key of dns, is served as soon as it has it, and while the key is changed", async (test) => {
  await using keyed = await KeyedLars.start();
  const { lars } = keyed;
  const at = `127.0.0.1:${lars.agent.port}`;
  await using program = new RunningDeno([
    ...["run", "--no-prompt", "--allow-net", "--allow-read"],
    ...["--allow-write", "--allow-run", "api/cli/main.ts"],
    ...["serve", "1", "1", "--port", "8080", "--check", "none"],
    ...["--drain", "1s", "--ttl", "5s", "--agent", at, "--", "sleep", "600"],
  ]);
  const why = "dns 127\\.0\\.0\\.1 asks for \\[register\\] key, and this agent";

  await test.step("no key", async () => {
    await program.printed(
      new RegExp(`refused, gets no calls: ${why} has none`),
    );
    await eventually(
      "dns says so",
      () => keyed.lines.some((line) => line.includes("without the key")),
    );
  });
  await test.step("another key", async () => {
    await keyed.reload("agent", `key = ${NEW_KEY}`);
    await program.printed(new RegExp(`refused, .*: ${why} has another`));
  });
  await test.step("the key", async () => {
    await keyed.reload("agent", `key = ${KEY}`);
    await program.printed(/: served/);
  });
  await test.step("the key is changed", async () => {
    const { length } = program.output;
    await keyed.reload("dns", `key = ${NEW_KEY}\nold_key = ${KEY}`);
    await keyed.reload("agent", `key = ${NEW_KEY}`);
    await keyed.reload("dns", `key = ${NEW_KEY}`);
    // What the agent registers from now on is signed with the new one.
    await using client = LarsClient.open({ agent: lars.agent });
    const offer = { modId: 2, cmdId: 2, port: 8081, drainMs: 1 };
    await using instance = await client.serve(offer);
    await eventually("it is served", () => instance.state === "served");
    assertEquals(program.output.slice(length), "");
  });
  await test.step("no key is asked for, of other machines neither", async () => {
    const { length } = keyed.lines;
    const said = (text: string) =>
      keyed.lines.slice(length).filter((line) => line.includes(text)).length;
    const networks = "networks = 127.0.0.0/8, 10.0.0.0/8";
    await keyed.reload("dns", networks);
    await eventually("it warns", () => said("set [register] key") === 1);
    await keyed.reload("dns", `${networks}\nkey = ${NEW_KEY}`);
    await eventually("that is over", () => said("with the key, may") === 1);
    assertEquals(said("10.0.0.0/8"), 1);
  });
  program.kill("SIGTERM");
  await program.ended();
  const shown = keyed.lines.filter((line) =>
    line.includes(KEY) || line.includes(NEW_KEY) || line.includes("first;")
  );
  assertEquals(shown, []);
});
