import { assert, assertEquals } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { row, runLars, toAgent } from "../support/processes.ts";

Deno.test("the lars command, as a process", async (test) => {
  await using lars = await LocalLars.start({
    routes: [
      row(1, 1, "192.168.1.177:7777"),
      row(1, 2, "10.0.0.1:80"),
      row(1, 2, "10.0.0.2:80"),
      row(2, 2, "10.0.0.3:80"),
    ],
    print: () => {},
  });
  const agent = toAgent(lars.addressOf("agent"));
  const data = ["--data", lars.folder];

  await test.step("get-host prints the host, and nothing else, and exits with 0", async () => {
    const { code, stdout, stderr } = await runLars([
      "get-host",
      "1",
      "1",
      ...agent,
    ]);
    assertEquals([code, stdout, stderr], [0, "192.168.1.177:7777\n", ""]);
  });

  await test.step("--json prints one document that parses", async () => {
    const table: [args: string[], expected: unknown][] = [
      [["get-host", "1", "1", ...agent], {
        state: "found",
        ip: "192.168.1.177",
        port: 7777,
      }],
      [["get-route", "1", "1", ...agent], {
        state: "found",
        hosts: [{ ip: "192.168.1.177", port: 7777, state: "idle" }],
      }],
      [["report", "1", "1", "192.168.1.177:7777", "0", ...agent], {
        state: "sent",
      }],
      [["route", "list", "1", "1", ...data], {
        routes: [{ modid: 1, cmdid: 1, hosts: ["192.168.1.177:7777"] }],
      }],
      [["route", "add", "4", "4", "10.0.0.4:80", ...data], {
        added: 1,
        removed: 0,
      }],
      [["route", "remove", "4", "4", "10.0.0.4:80", ...data], {
        added: 0,
        removed: 1,
      }],
      [["sql", "SELECT serverport FROM RouteData WHERE modid = 2", ...data], {
        rows: [{ serverport: 80 }],
        changes: 0,
      }],
    ];
    for (const [args, expected] of table) {
      const { code, stdout, stderr } = await runLars([...args, "--json"]);
      assertEquals([code, stderr], [0, ""], args.join(" "));
      assertEquals(JSON.parse(stdout), expected);
    }
  });

  await test.step("explain says why, record writes what happens, a replay says what would differ", async () => {
    const hosts = ["10.0.0.1:80", "10.0.0.2:80"];
    await runLars(["route", "add", "6", "6", ...hosts, ...data]);
    const explained = await runLars(["explain", "6", "6", ...agent]);
    assertEquals(explained.code, 3, explained.stderr);
    await runLars(["get-host", "6", "6", ...agent]);
    const recording = runLars([
      ...["record", "6", "6", "--seconds", "5", ...agent],
    ]);
    // It records from when it begins to look: go on until it has ended.
    let ended = false;
    recording.finally(() => ended = true);
    while (!ended) {
      const calls = ["--count", "200", "--failure-rate", "1"];
      const failing = ["--fail", "10.0.0.1:80"];
      await runLars(["drill", "6", "6", ...calls, ...failing, ...agent]);
    }
    const { code, stdout, stderr } = await recording;
    assertEquals(code, 0, stderr);
    const file = `${lars.folder}/calls.csv`;
    await Deno.writeTextFile(file, stdout);
    const replay = ["replay", file];
    const replayed = await runLars([...replay, "--policy", "adaptive"]);
    assertEquals(replayed.code, 0, replayed.stderr);
    assert(replayed.stdout.includes("calls failed"), replayed.stdout);
    const why = await runLars(["explain", "6", "6", ...agent]);
    assert(why.stdout.startsWith("policy lars\n10.0.0.1:80"), why.stdout);
    assert(why.stdout.includes("Becomes overloaded"), why.stdout);
    await runLars(["route", "remove", "6", "6", ...hosts, ...data]);
  });

  await test.step("3: no such route", async () => {
    for (
      const args of [
        ["get-host", "5", "5", ...agent],
        ["get-host", "--json", ...agent, "--", "-1", "-1"],
        ["get-route", "5", "5", ...agent],
        ["route", "list", "5", ...data],
        ["route", "remove", "1", "1", "10.0.0.9:80", ...data],
      ]
    ) {
      const { code, stderr } = await runLars(args);
      assertEquals(code, 3, args.join(" "));
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  await test.step("2: nobody answers, no store, no file", async () => {
    const nobody = ["--agent", `127.0.0.1:${freeUdpPorts(3)}`];
    for (
      const args of [
        ["get-host", "1", "1", ...nobody, "--timeout-ms", "20"],
        ["route", "list", "--data", `${lars.folder}/nothing`],
        ["route", "import", `${lars.folder}/nothing.csv`, ...data],
      ]
    ) {
      const { code, stdout, stderr } = await runLars(args);
      assertEquals([code, stdout], [2, ""], args.join(" "));
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  await test.step("64: wrong usage, and what would be right", async () => {
    const table: [args: string[], words: string][] = [
      [[], "Usage: lars"],
      [["get-hots"], "unknown command 'get-hots'"],
      [["get-host", "1"], "missing required argument 'cmdid'"],
      [["get-host", "one", "1"], "It must be an integer"],
      [["get-host", "1", "1", "--agent", "nowhere"], "It must be HOST:PORT"],
      [["route", "add", "1", "1", "10.0.0.1"], "10.0.0.1"],
      [["route", "add", "1", "1", "0.0.0.0:80", ...data], "0.0.0.0"],
      [["drill", "1", "1", "--failure-rate", "2"], "from 0 to 1"],
    ];
    for (const [args, words] of table) {
      const { code, stdout, stderr } = await runLars(args);
      assertEquals([code, stdout], [64, ""], args.join(" "));
      assert(stderr.includes(words), `no "${words}" in: ${stderr}`);
      assert(!stderr.includes("    at "), `a stack: ${stderr}`);
    }
  });

  await test.step("--help explains and exits with 0", async () => {
    const { code, stdout } = await runLars(["--help"]);
    assertEquals(code, 0);
    for (
      const name of ["get-host", "get-route", "report", "drill", "qps"]
    ) assert(stdout.includes(name));
  });

  await test.step("drill shows picks, successes, failures and state of each host", async () => {
    const { code, stdout } = await runLars([
      ...["drill", "1", "2", "--count", "400", "--failure-rate", "1"],
      ...["--fail", "10.0.0.2:80", "--json", ...agent],
    ]);
    assertEquals(code, 0);
    const { asked, hosts } = JSON.parse(stdout) as {
      asked: number;
      hosts: Record<string, string | number>[];
    };
    assertEquals(asked, 400);
    const [well, sick] = ["10.0.0.1:80", "10.0.0.2:80"].map((address) =>
      hosts.find(({ host }) => host === address)!
    );
    assertEquals([well!.failures, well!.state], [0, "idle"]);
    assertEquals([sick!.successes, sick!.state], [0, "overloaded"]);
    // Half of the first 30, then one in eleven.
    assertEquals(sick!.picks, 15 + Math.floor((400 - 30) / 11));
  });

  await test.step("1: every host is overloaded, also when the drill is called by its old name", async () => {
    const { stdout } = await runLars([
      ...["simulate", "2", "2", "--count", "30", "--failure-rate", "1"],
      ...agent,
    ]);
    assert(/10\.0\.0\.3:80\s+\d+\s+0\s+\d+\s+overloaded/.test(stdout), stdout);
    const { code, stdout: printed, stderr } = await runLars(
      ["get-host", "2", "2", ...agent],
    );
    assertEquals([code, printed], [1, ""]);
    assert(stderr.includes("every host is overloaded"), stderr);
  });

  await test.step("qps tells rates and latencies", async () => {
    const { code, stdout } = await runLars([
      ...["qps", "1", "1", "--clients", "2", "--seconds", "1", "--json"],
      ...agent,
    ]);
    assertEquals(code, 0);
    const documents = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const { summary, calls, states, latencyUs } = documents.at(-1);
    assertEquals(summary, true);
    assert(calls > 0, `${calls} calls`);
    assertEquals(Object.keys(states), ["found"]);
    assert(latencyUs.p50 > 0 && latencyUs.p50 <= latencyUs.p99);
    console.log(`${calls} calls in a second, p99 ${latencyUs.p99} µs`);
  });

  await test.step("what export writes import reads", async () => {
    const file = `${lars.folder}/routes.csv`;
    const written = await runLars(["route", "export", file, ...data]);
    assertEquals(written.code, 0);
    const csv = await Deno.readTextFile(file);
    assertEquals(csv.split("\n").slice(0, 2), [
      "modid,cmdid,ip,port",
      "1,1,192.168.1.177,7777",
    ]);
    const other = ["--data", `${lars.folder}/other`];
    assertEquals((await runLars(["store", "create", ...other])).code, 0);
    // By standard input and output as well.
    assertEquals(
      (await runLars(["route", "import", "-", ...other], csv)).code,
      0,
    );
    const { stdout } = await runLars(["route", "export", ...other]);
    assertEquals(stdout, csv);
    const again = await runLars(["route", "import", file, ...other, "--json"]);
    assertEquals(JSON.parse(again.stdout), { rows: 4, added: 0, present: 4 });
  });

  await test.step("a wrong line in a CSV file adds nothing, and is named", async () => {
    const csv = "modid,cmdid,ip,port\n9,9,10.0.0.1,80\n9,9,10.0.0.1,0\n";
    const { code, stderr } = await runLars(
      ["route", "import", "-", ...data],
      csv,
    );
    assertEquals(code, 64);
    assert(/line 3/.test(stderr), stderr);
    assertEquals((await runLars(["route", "list", "9", ...data])).code, 3);
  });
});
