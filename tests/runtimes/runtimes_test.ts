import { assert, assertEquals } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { row, runDeno } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";
import type { AwayCounts } from "./away_program.ts";
import { RunningProgram } from "./running_program.ts";
import { provideRuntimes } from "./runtimes.ts";

/** Tests of the client library, and of the sockets that it is given. */
const SUITE = /^(api\/(remote\/)?\w+|net\/udp\/(named|node)_socket)_test\.ts$/;

/** Calls that are made while the agent is away: 5 s of them. */
const CALLS_AWAY = 5_000;

const folder = await Deno.makeTempDir({ prefix: "lars-" });
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

for (const runtime of await provideRuntimes()) {
  const { name, missing } = runtime;
  const ignore = missing !== undefined;
  const suffix = ignore ? ` (${missing})` : "";

  Deno.test({
    name: `the client's tests pass on ${name}${suffix}`,
    ignore,
    async fn() {
      await using program = new RunningProgram(runtime, [await suite()]);
      const code = await program.end();
      const [last = ""] = program.lines.slice(-1);
      assert(last.startsWith("{"), program.lines.slice(-20).join("\n"));
      const { passed, failed } = JSON.parse(last);
      assertEquals(
        { code, failed },
        { code: 0, failed: 0 },
        program.lines.slice(-40).join("\n"),
      );
      assert(passed > 60, last);
    },
  });

  Deno.test({
    name:
      `no call fails on ${name} while its agent is killed and away for 5 s, and its idle client ends${suffix}`,
    ignore,
    async fn() {
      const routes = ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"];
      await using lars = await LocalLars.start({
        routes: routes.map((address) => row(1, 1, address)),
        print: () => {},
      });
      const path = await bundled("tests/runtimes/away_program.ts");
      const port = String(lars.agent.port);
      await using program = new RunningProgram(runtime, [path, port]);
      const until = (what: string, reached: (counts: AwayCounts) => boolean) =>
        eventually(what, () => {
          const counts = program.latest<AwayCounts>();
          return counts !== undefined && reached(counts) && counts;
        }, {
          deadlineMs: 60_000,
          explain: () => program.lines.slice(-3).join("\n"),
        });

      await until("the agent answers", ({ answered }) => answered > 500);
      await lars.stopService("agent", "SIGKILL");
      const away = await until(
        "5 s of calls without an agent",
        (counts) => counts.standIns > CALLS_AWAY,
      );
      assertEquals(away.agent, "down");
      await lars.startService("agent");
      const back = await until("it is back", ({ agent }) => agent === "up");
      const fresh = (counts: AwayCounts) => counts.answered - counts.standIns;
      await until(
        "it answers again",
        (counts) => fresh(counts) > fresh(back) + 500,
      );

      assertEquals(await program.end(), 0);
      assertEquals(
        program.latest<AwayCounts>()?.failed,
        {},
        program.lines.at(-1),
      );
    },
  });
}

/** Bundles a module, once; returns the path of the file. */
async function bundled(path: string): Promise<string> {
  const output = `${folder}/${path.replaceAll("/", "_")}.mjs`;
  const { code, stderr } = await runDeno(["bundle", "-o", output, path]);
  assertEquals(code, 0, stderr);
  return output;
}

/** One file with the harness, the client's tests and what they import. */
async function suite(): Promise<string> {
  const modules = [];
  for (const parent of ["api", "api/remote", "net/udp"]) {
    for await (const { name } of Deno.readDir(`${ROOT}${parent}`)) {
      const path = `${parent}/${name}`;
      if (SUITE.test(path)) modules.push(`import "${ROOT}${path}";`);
    }
  }
  const entry = `${folder}/suite.ts`;
  const harness = `import "${ROOT}tests/runtimes/harness.js";`;
  const run = "await globalThis.runTests();";
  await Deno.writeTextFile(
    entry,
    [harness, ...modules.sort(), run].join("\n"),
  );
  return await bundled(entry);
}
