import { assertEquals } from "@std/assert";
import { FakeEnvironment, FakeTerminal } from "../testing/mod.ts";
import { printWatched } from "./watching.ts";

const CLEAR = "\x1b[H\x1b[2J";

Deno.test("--watch prints again every 2 s until Ctrl-C, in the place of the last on a terminal", async () => {
  const cases: [
    what: string,
    options: { watch?: boolean; json?: boolean },
    terminal: FakeTerminal | undefined,
    expected: string,
  ][] = [
    ["once", {}, new FakeTerminal(), "1\n"],
    ["elsewhere", { watch: true }, undefined, "1\n\n2\n\n3\n"],
    [
      "on a terminal",
      { watch: true },
      new FakeTerminal(),
      `${CLEAR}1\n${CLEAR}2\n${CLEAR}3\n`,
    ],
    [
      "as JSON",
      { watch: true, json: true },
      new FakeTerminal(),
      "1\n2\n3\n",
    ],
  ];
  for (const [what, options, terminal, expected] of cases) {
    const environment = new FakeEnvironment();
    environment.terminal = terminal;
    environment.clock.schedule(5_000, () => environment.interrupt());
    let looks = 0;
    const exitCode = await environment.finish(printWatched(environment, {
      ...options,
      look: () => Promise.resolve({ text: `${++looks}`, exitCode: looks }),
    }));
    assertEquals([environment.output, exitCode], [expected, looks], what);
  }
});
