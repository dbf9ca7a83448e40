import { assert, assertEquals } from "@std/assert";
import { ExitCode } from "../../api/cli/exit_code.ts";
import { runLars } from "../../api/cli/program.ts";
import { FakeEnvironment } from "../../api/cli/testing/fake_environment.ts";
import { JUDGED } from "./policies.ts";

const RECORDING = [
  "# lars recording 1",
  "# route 1 1",
  "# host 10.0.0.1:80",
  "# host 10.0.0.2:80",
];

for (const policy of JUDGED.keys()) {
  Deno.test(`lars replay runs ${policy} when it is given the judge's policies`, async () => {
    const environment = new FakeEnvironment();
    const calls = Array.from({ length: 100 }, (_, index) => {
      const host = `10.0.0.${1 + index % 2}:80`;
      const atMs = index * 10;
      return `${atMs},pick,${host},,\n${atMs + 5},report,${host},0,5000`;
    });
    environment.input = `${[...RECORDING, ...calls].join("\n")}\n`;
    const replay = ["replay", "-", "--policy", policy, "--json"];
    const exitCode = await runLars(replay, environment, JUDGED);
    assertEquals([exitCode, environment.errors], [ExitCode.found, ""]);
    const { replayed } = JSON.parse(environment.output);
    assertEquals([replayed.picks, replayed.none], [100, 0]);
    assert(replayed.hosts.every(({ picks }: { picks: number }) => picks > 0));
  });
}

Deno.test("lars replay knows the agent's policies only, if it is given no others", async () => {
  const environment = new FakeEnvironment();
  environment.input = `${RECORDING.join("\n")}\n0,pick,10.0.0.1:80,,\n`;
  const replay = ["replay", "-", "--policy", "envoy"];
  assertEquals(await runLars(replay, environment), ExitCode.wrongUsage);
  assert(environment.errors.includes("one of lars, adaptive"));
});
