import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeEnvironment } from "./testing/mod.ts";
import { runLars } from "./program.ts";

Deno.test("lars ends with 64 and says why when it is used wrongly", async () => {
  const cases: [string, string][] = [
    ["", "Usage: lars"],
    ["bogus", "unknown command 'bogus'"],
    ["route", "Usage: lars route"],
    ["route bogus", "unknown command 'bogus'"],
    ["get-host", "missing required argument 'modid'"],
    ["get-host 1", "missing required argument 'cmdid'"],
    ["get-host 1 1 1", "too many arguments"],
    ["get-host x 1", "It must be an integer from -2147483648 to 2147483647"],
    ["get-host 1 2147483648", "It must be an integer"],
    ["get-host 1 1.5", "It must be an integer"],
    ["get-host 1 1 --bogus", "unknown option '--bogus'"],
    [
      "get-host 1 1 --agent 127.0.0.1",
      "It must be HOST:PORT, with a port from 1 to 65533",
    ],
    ["get-host 1 1 --agent 127.0.0.1:65534", "from 1 to 65533"],
    ["get-host 1 1 --timeout-ms 0", "from 1 to 60000"],
    ["report 1 1 10.0.0.1 0", "it must be IP:PORT"],
    ["report 1 1 0.0.0.0:1 0", "the ip must not be 0.0.0.0"],
    ["report 1 1 10.0.0.1:1", "missing required argument 'retcode'"],
    ["report 1 1 10.0.0.1:1 ok", "It must be an integer"],
    ["report 1 1 10.0.0.1:1 0 --duration-us 0", "from 1 to 4294967295"],
    ["drill 1 1 --failure-rate 1.1", "It must be a number from 0 to 1"],
    ["drill 1 1 --count 0", "from 1 to"],
    ["drill 1 1 --fail 10.0.0.1", "it must be IP:PORT"],
    ["qps --clients 0", "from 1 to 1000"],
    ["qps 1 1 --seconds x", "It must be an integer"],
    ["route add -1 1 10.0.0.1:1", "from 0 to 2147483647"],
    ["route add 1 1", "missing required argument 'ip:port'"],
    ["route list x", "from 0 to 2147483647"],
    ["route import", "missing required argument 'file'"],
    ["host drain", "missing required argument 'ip[:port]'"],
    ["host drain 10.0.0.1 1 1 1 --reason x", "too many arguments"],
    ["sql", "missing required argument 'statement'"],
  ];
  for (const [line, reason] of cases) {
    const lars = new FakeEnvironment();
    const code = await runLars(line.split(" ").filter(Boolean), lars);
    assertEquals([line, code, lars.output], [line, 64, ""]);
    assertStringIncludes(lars.errors, reason);
  }
});

Deno.test("lars --help and the help of each command end with 0 and an example", async () => {
  const commands = [
    "",
    "get-host",
    "get-route",
    "report",
    "explain",
    "drill",
    "record",
    "replay",
    "qps",
    "serve",
    "route",
    "route list",
    "route add",
    "route remove",
    "route set",
    "route policy",
    "route import",
    "route export",
    "status",
    "top",
    "history",
    "host drain",
    "host undrain",
    "host drains",
    "instances",
    "instances remove",
    "sql",
  ];
  for (const command of commands) {
    const lars = new FakeEnvironment();
    const line = command.split(" ").filter(Boolean);
    assertEquals(await runLars([...line, "--help"], lars), 0);
    assertEquals(lars.errors, "");
    assertStringIncludes(lars.output, `Example:\n  lars ${command}`.trimEnd());
  }
});

Deno.test("lars passes options and arguments on to the command", async () => {
  const lars = new FakeEnvironment();
  const line = "get-host 1 1 --json --agent localhost:8888 --timeout-ms 50";
  assertEquals(await lars.finish(runLars(line.split(" "), lars)), 2);
  assertStringIncludes(
    lars.errors,
    "no agent answers at localhost:8890, if that name has an address: ",
  );
  assertEquals(lars.clock.nowMs() < 200, true);

  lars.output = "";
  const found = () => runLars(["get-host", "1", "1"], lars);
  assertEquals(await lars.withAgent(found), 0);
  assertEquals(lars.output, "192.168.1.177:7777\n");

  const report = "report 1 1 10.0.0.1:1 -4 --duration-us 77".split(" ");
  await lars.withAgent(async () => {
    assertEquals(await runLars(report, lars), 0);
    await lars.clock.sleep(1);
  });
  assertEquals(lars.agent.reports[0]?.report.retcode, -4);
  assertEquals(lars.agent.reports[0]?.report.duration_us, 77);

  lars.output = "";
  const simulate =
    "simulate 1 1 --count 8 --fail 10.0.0.1:1 --fail 192.168.1.177:7777 --failure-rate 1 --json";
  assertEquals(
    await lars.withAgent(() => runLars(simulate.split(" "), lars)),
    0,
  );
  assertEquals(JSON.parse(lars.output).hosts[0].failures, 8);
});

Deno.test("lars gives up the rights that a command does not need", async () => {
  for (
    const [line, right] of [["get-host 1 1", "network"], [
      "route list",
      "files",
    ]]
  ) {
    const lars = new FakeEnvironment();
    await lars.finish(runLars(line!.split(" "), lars));
    assertEquals(lars.rights, [right!]);
  }
});
