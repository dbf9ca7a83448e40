/**
 * Standard output and standard error that take nothing: full, or without a
 * reader.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { serviceArguments, SERVICES } from "../../tasks/local/services.ts";
import {
  makeStore,
  runDeno,
  RunningDeno,
  toAgent,
} from "../support/processes.ts";
import { StartFolder } from "../support/start_folder.ts";

const ignore = Deno.build.os !== "linux";

/** Runs the command with a redirection, as a shell would. */
function redirected(redirection: string): string[] {
  return ["sh", "-c", `exec "$@" ${redirection}`, "sh"];
}

/** Commands that print, and need nothing that runs. */
const COMMANDS: readonly string[][] = [
  ["api/cli/main.ts", "--help"],
  ["api/cli/main.ts", "route", "--help"],
  ["tasks/start.ts", "--help"],
  ["tasks/sim.ts", "1"],
  ["tasks/judge.ts", "--help"],
  ...SERVICES.map((name) => [`${name}/main.ts`, "--help"]),
];

Deno.test({
  name: "a command whose output is full says so in one line, and fails",
  ignore,
  async fn() {
    for (const command of COMMANDS) {
      const { code, stderr } = await runDeno(["run", "-A", ...command], {
        wrapper: redirected("> /dev/full"),
      });
      assertEquals(
        [code, stderr],
        [
          2,
          "error: Cannot write to standard output: No space left on device (os error 28)\n",
        ],
        command.join(" "),
      );
    }
  },
});

Deno.test({
  name:
    "a command without a reader ends quietly, also with a full standard error",
  ignore,
  async fn() {
    for (const command of COMMANDS) {
      const { code, stderr } = await runDeno(["run", "-A", ...command], {
        // The reader has gone before the first line is written.
        wrapper: ["sh", "-c", '{ sleep 0.1; "$@"; echo $? >&2; } | true', "sh"],
      });
      assertEquals([code, stderr], [0, "0\n"], command.join(" "));
    }
    const { code } = await runDeno(["run", "-A", ...COMMANDS[0]!], {
      wrapper: redirected("> /dev/full 2>&1"),
    });
    assertEquals(code, 2);
  },
});

for (
  const redirection of ["> /dev/full 2>&1", "2> /dev/full", "2>&-"] as const
) {
  Deno.test({
    name: `services go on with ${redirection}`,
    ignore,
    async fn() {
      await using folder = await StartFolder.make();
      await using _services = new AsyncDisposableStack();
      const folders = { conf: folder.path, data: folder.path };
      await makeStore(folder.path);
      const running = [];
      for (const name of SERVICES) {
        const service = new RunningDeno(await serviceArguments(name, folders), {
          wrapper: redirected(redirection),
        });
        _services.use(service);
        running.push(service);
      }
      const asked = [
        ...["run", "-A", "api/cli/main.ts", "get-host", "7", "7"],
        ...["--agent", `127.0.0.1:${folder.agentPort}`],
      ];
      // The agent answers that it knows no such route.
      let code: number;
      do code = (await runDeno(asked)).code; while (code === 2);
      assertEquals(code, 3);
      // A line for each service that cannot be written.
      for (const service of running) service.kill("SIGHUP");
      assertEquals((await runDeno(asked)).code, 3);
      for (const service of running.reverse()) {
        service.kill("SIGTERM");
        assertEquals(await service.ended(), 0);
      }
    },
  });
}

Deno.test({
  name:
    "deno task start goes on with a full output, and stops without a reader",
  ignore,
  async fn() {
    await using folder = await StartFolder.make();
    {
      await using start = folder.start({ wrapper: redirected("> /dev/full") });
      await folder.pidOf("agent");
      await start.printed(
        /^warning: Cannot write to standard output: No space left on device.*$/m,
      );
      const list = await runDeno([
        ...["run", "-A", "api/cli/main.ts", "get-host", "1", "1"],
        ...toAgent(`127.0.0.1:${folder.agentPort}`),
      ]);
      assertEquals([list.code, list.stdout], [0, "192.168.1.177:7777\n"]);
      start.kill("SIGTERM");
      assertEquals(await start.ended(), 0);
      assertEquals(start.linesWith(/^warning/).length, 1, start.output);
    }
    const { code, stdout } = await runDeno(folder.arguments, {
      wrapper: ["sh", "-c", '"$@" | head -n 1', "sh"],
    });
    assertEquals(code, 0);
    assertEquals(stdout.split("\n").length, 2, stdout);
    await folder.allEnded();
  },
});
