import { assertEquals } from "@std/assert";
import { launchers, type ProcessInfo } from "./launchers.ts";

/** Pids whose parent is the next one. */
function chain(
  ...commands: string[][]
): (pid: number) => ProcessInfo | undefined {
  return (pid) => {
    const command = commands[pid];
    return command && { parent: pid + 1, command };
  };
}

Deno.test("launchers() follows deno task and npx, and nothing that outlives its children", () => {
  const task = ["deno", "task", "start", ""];
  const table: [string[][], number[]][] = [
    [[["/usr/bin/deno", "task", "start"], ["bash"]], [0]],
    [[task, ["sh", "-c", "'deno' task start", ""], [
      "npm exec deno@2.9.6 task start",
      "",
    ], ["bash"]], [0, 1, 2]],
    [[["sh", "-c", "deno run -A tasks/start.ts"]], []],
    [[["bash", "/srv/run.sh"], task], []],
    [[["deno", "run", "-A", "tasks/demo.ts"], task], []],
    [[], []],
  ];
  for (const [commands, pids] of table) {
    assertEquals(launchers(0, chain(...commands)), pids);
  }
});
