import { eventually } from "../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { SERVICES } from "../../tasks/local/services.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  int32,
  message,
  parts,
} from "../support/foreign_wire.ts";
import {
  makeStore,
  row,
  runDeno,
  RunningDeno,
  statusRows,
} from "../support/processes.ts";

Deno.test("each service runs from a single bundled file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const agentPort = freeUdpPorts(3);
  const [dnsPort, reporterPort] = [freeTcpPort(), freeTcpPort()];
  const confs = {
    dns: `[reactor]\nport = ${dnsPort}\n`,
    reporter: `[reactor]\nport = ${reporterPort}\n`,
    agent: `[agent]
port = ${agentPort}
[dnsserver]
port = ${dnsPort}
[reporter]
port = ${reporterPort}
`,
  };
  // One after the other: the first has to download what bundles.
  for (const name of SERVICES) {
    await Deno.writeTextFile(`${folder}/${name}.conf`, confs[name]);
    const { code, stderr } = await runDeno(
      ["bundle", "-o", `${folder}/${name}.js`, `${name}/main.ts`],
    );
    assertEquals(code, 0, stderr);
  }
  await makeStore(folder, [row(1, 1, "192.168.1.177:7777")]);

  function start(name: typeof SERVICES[number]): RunningDeno {
    return new RunningDeno([
      "run",
      "--no-prompt",
      // Nothing of the sources or of their configuration is at hand.
      "--no-config",
      "--unstable-net",
      "--allow-net=127.0.0.1",
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
      `${folder}/${name}.js`,
      "--conf",
      `${folder}/${name}.conf`,
      "--data",
      folder,
    ], { cwd: folder });
  }
  {
    await using dns = start("dns");
    await using reporter = start("reporter");
    await using agent = start("agent");
    for (const service of [dns, reporter, agent]) {
      await service.printed(/ ready at=/);
    }
    using client = new ForeignClient(agentPort);
    await eventually(
      "a host",
      async () => (await client.getHost(1, 1)).host === "192.168.1.177:7777",
    );
    const host = message({ 1: 0xc0a801b1 | 0, 2: 7777 });
    await client.send(frame(6, message({ 1: 1, 2: 1, 3: host })), 2);
    // The reporter's worker wrote it: it is in the bundle too.
    await eventually(
      "the status",
      () => statusRows(folder).some(({ succ_cnt }) => succ_cnt === 1),
    );
    using asking = await ForeignConnection.open(`127.0.0.1:${dnsPort}`);
    await asking.send(frame(1, message({ 1: 1, 2: 1 })));
    const { id, body } = await asking.receive();
    assertEquals([id, int32(body, 1), parts(body, 3).length], [2, 1, 1]);
    for (const service of [agent, reporter, dns]) {
      service.kill("SIGTERM");
      assertEquals(await service.ended(), 0, service.output);
    }
  }
  // mysql2 is loaded where a MySQL store is configured, and is in the bundle too.
  await Deno.writeTextFile(
    `${folder}/dns.conf`,
    `[reactor]\nport = ${dnsPort}\n[mysql]\ndb_host = 127.0.0.1\ndb_port = ${freeTcpPort()}\ndb_user = lars\ndb_name = lars\n`,
  );
  {
    await using dns = start("dns");
    await dns.printed(/cannot load routes now.*ECONNREFUSED/);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task compile embeds sources, workers and configuration", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  // The runtime that executables begin with cannot be had everywhere; deno
  // itself stands for it, so that what is made here does not run.
  const { code, stdout, stderr } = await runDeno(
    ["task", "compile", folder],
    { env: { DENORT_BIN: Deno.execPath() } },
  );
  assertEquals(code, 0, stderr);
  assert(stdout.includes(`done: 5 executables in ${folder}`), stdout);
  // deno-lint-ignore no-control-regex
  const plain = stderr.replace(/\x1b\[[0-9;]*m/g, "");
  const listings = plain.split("Embedded Files").slice(1);
  const table: [name: string, files: string[]][] = [
    ["lars-dns", [
      "dns.conf",
      "dns_server.ts",
      "attribute_edits.ts",
      "frame.ts",
    ]],
    ["lars-reporter", ["reporter.conf", "store_worker.ts", "frame.ts"]],
    ["lars-agent", ["agent.conf", "worker.ts", "outlier_detector.ts"]],
    ["lars-web", ["web.conf", "server.ts", "frame.ts"]],
    ["lars", ["program.ts", "route_store.ts", "frame.ts"]],
  ];
  assertEquals(listings.length, table.length, plain);
  for (const [index, [name, files]] of table.entries()) {
    const listing = listings[index]!;
    for (const file of ["main.ts", ...files]) {
      assert(listing.includes(` ${file} (`), `no ${file} in ${listing}`);
    }
    const { size } = await Deno.stat(`${folder}/${name}`);
    assert(size > 1_000_000, `${name} has ${size} bytes`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task compile says what to do where denort cannot be had", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const { code, stderr } = await runDeno(["task", "compile", folder], {
    env: { DENORT_BIN: `${folder}/nothing` },
  });
  assertEquals(code, 1);
  assert(stderr.includes("DENORT_BIN=/path/to/denort"), stderr);
  await Deno.remove(folder, { recursive: true });
});
