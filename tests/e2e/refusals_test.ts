import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { type ServiceName, SERVICES } from "../../tasks/local/services.ts";
import {
  type Ended,
  makeStore,
  runDeno,
  RunningDeno,
  type RunOptions,
} from "../support/processes.ts";

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

/** Takes from root the right to write what it may not; others do not have it. */
const AS_ANYBODY = isRoot
  ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
  : [];

function serviceArgs(service: ServiceName, folder: string): string[] {
  return [
    "run",
    "--no-prompt",
    "--allow-net=127.0.0.1",
    "--allow-read",
    `--allow-write=${folder}`,
    `${service}/main.ts`,
    `--conf=${folder}/${service}.conf`,
    `--data=${folder}`,
  ];
}

async function runService(
  service: ServiceName,
  folder: string,
  options: RunOptions = {},
): Promise<Ended> {
  return await runDeno(serviceArgs(service, folder), options);
}

/** The process said one line, and why, and ended with 1. */
function assertRefused(
  { code, stdout, stderr }: Ended,
  ...words: (string | number)[]
): void {
  const lines = `${stdout}${stderr}`.trim().split("\n");
  assertEquals(lines.length, 1, lines.join("\n"));
  assertEquals(code, 1, lines[0]);
  for (const word of ["error: Cannot ", ...words]) {
    assert(lines[0]!.includes(String(word)), `no ${word} in: ${lines[0]}`);
  }
}

async function withFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  try {
    await body(folder);
  } finally {
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  }
}

const WRONG: [ServiceName, conf: string, words: (string | number)[]][] = [
  ["dns", "[reactor]\nport = http\n", ["[reactor] port", '"http"']],
  ["dns", "[reactor]\nmaxConn = 0\n", ["[reactor] maxConn", ">= 1", "is 0"]],
  ["dns", "[reactor\nport = 1\n", ["dns.conf"]],
  ["dns", "[Mysql]\ndb_name = x\n", ["unknown section [Mysql]", '"mysql"']],
  ["reporter", "[repoter]\ndb_thread_cnt = 0\n", ["[repoter] db_thread_cnt"]],
  ["agent", "[loadbalance]\nprobe_num = 0\n", [
    "[loadbalance] probe_num must be >= 1: current value is 0",
  ]],
  ["agent", "[loadbalance]\npolicy = best\n", [
    "[loadbalance] policy",
    '"best"',
  ]],
  ["agent", "[udp]\ntransport = batch\n", [
    "[udp] transport = batch does not work here",
    "run with --allow-ffi=/",
  ]],
  ["agent", "[dnsserver]\naddresses = 127.0.0.1\n", ["[dnsserver] addresses"]],
];

Deno.test("a configuration that cannot be is refused in one line", async () => {
  await withFolder(async (folder) => {
    for (const [service, conf, words] of WRONG) {
      const path = `${folder}/${service}.conf`;
      await Deno.writeTextFile(path, conf);
      assertRefused(await runService(service, folder), `"${path}"`, ...words);
    }
  });
});

Deno.test("a configuration file that is missing is refused in one line", async () => {
  await withFolder(async (folder) => {
    for (const service of SERVICES) {
      assertRefused(
        await runService(service, folder),
        `"${folder}/${service}.conf"`,
        "there is no such file",
      );
    }
  });
});

Deno.test("deno task start refuses what is no folder of configuration, and does not take the one above", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/dns.conf`, "[reactor]\nport = above\n");
    await Deno.writeTextFile(`${folder}/mine.conf`, "");
    const data = `${folder}/data`;
    for (
      const [name, words] of [
        ["typo", "there is no such file or folder"],
        ["mine.conf", "--conf must name a folder"],
      ] as const
    ) {
      const conf = `${folder}/${name}`;
      const start = ["run", "-A", "tasks/start.ts"];
      assertRefused(
        await runDeno([...start, "--conf", conf, "--data", data]),
        `"${conf}"`,
        words,
      );
    }
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left.sort(), ["dns.conf", "mine.conf"]);
  });
});

Deno.test("a port that is taken is refused in one line", async () => {
  using tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const udpPort = freeUdpPorts(3);
  // The second of the agent's three.
  const udp = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: udpPort + 1,
  });
  const { port } = tcp.addr;
  const metrics = `[metrics]\nport = ${port}\n`;
  const table: [ServiceName, conf: string, words: (string | number)[]][] = [
    ["dns", `[reactor]\nport = ${port}\n`, ["[reactor]", port]],
    ["reporter", `[reactor]\nport = ${port}\n`, ["[reactor]", port]],
    ["agent", `[agent]\nport = ${udpPort}\n`, ["[agent]", udpPort + 1]],
    ["dns", `[reactor]\nport = 0\n${metrics}`, ["[metrics]", port]],
    ["reporter", `[reactor]\nport = 0\n${metrics}`, ["[metrics]", port]],
    ["agent", `[agent]\nport = 0\n${metrics}`, ["[metrics]", port]],
  ];
  await withFolder(async (folder) => {
    await makeStore(folder);
    for (const [service, conf, words] of table) {
      const path = `${folder}/${service}.conf`;
      await Deno.writeTextFile(path, conf);
      const ended = await runService(service, folder);
      assertRefused(ended, `"${path}"`, ...words);
    }
  });
  udp.close();
});

Deno.test("an unknown key or section only warns", async () => {
  await withFolder(async (folder) => {
    await makeStore(folder);
    await Deno.writeTextFile(
      `${folder}/dns.conf`,
      "[reactor]\nport = 0\ncolour = 5\n[colour]\nred = 1\n",
    );
    await using dns = new RunningDeno(serviceArgs("dns", folder));
    await dns.printed(/ ready at=/);
    assertEquals(dns.linesWith(/\[reactor\] colour.*ignored/).length, 1);
    assertEquals(dns.linesWith(/\[colour\]/).length, 1);
    dns.kill("SIGTERM");
    assertEquals(await dns.ended(), 0);
  });
});

/** A folder's files, by name, as they are byte for byte. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    contents[name] = (await Deno.readFile(`${folder}/${name}`)).toHex();
  }
  return contents;
}

async function writeConfs(folder: string): Promise<void> {
  for (const service of ["dns", "reporter"]) {
    await Deno.writeTextFile(
      `${folder}/${service}.conf`,
      `[reactor]\nport = ${freeTcpPort()}\n`,
    );
  }
}

/** Both services that open the store refuse it, and leave it as it was. */
async function assertStoreRefused(
  folder: string,
  { words, ...options }: { words: string[] } & RunOptions,
): Promise<void> {
  await writeConfs(folder);
  for (const service of ["dns", "reporter"] as const) {
    const before = await contentsOf(folder);
    const ended = await runService(service, folder, options);
    assertRefused(ended, `"${folder}/lars.db"`, ...words);
    assertEquals(await contentsOf(folder), before);
  }
}

Deno.test("a store that is no database is refused and untouched", async () => {
  await withFolder(async (folder) => {
    const text = "these are not the bytes of a database\n".repeat(300);
    await Deno.writeTextFile(`${folder}/lars.db`, text);
    await assertStoreRefused(folder, { words: ["damaged"] });
  });
});

Deno.test("a store whose pages are damaged is refused and untouched", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lars.db`;
    {
      using database = new DatabaseSync(path);
      database.exec("CREATE TABLE RouteData (modid INTEGER)");
    }
    using file = await Deno.open(path, { read: true, write: true });
    // The head stays right, all behind it does not.
    await file.seek(100, Deno.SeekMode.Start);
    await file.write(new Uint8Array(4_000).fill(0xa5));
    await assertStoreRefused(folder, { words: ["damaged"] });
  });
});

Deno.test("a store of a newer version is refused and untouched", async () => {
  await withFolder(async (folder) => {
    {
      using database = new DatabaseSync(`${folder}/lars.db`);
      database.exec("CREATE TABLE RouteData (modid INTEGER)");
      database.exec("PRAGMA user_version = 99");
    }
    await assertStoreRefused(folder, { words: ["newer Lars", "99"] });
  });
});

Deno.test("a store of another program is refused and untouched", async () => {
  await withFolder(async (folder) => {
    {
      using database = new DatabaseSync(`${folder}/lars.db`);
      database.exec("CREATE TABLE Bookmarks (url TEXT)");
    }
    await assertStoreRefused(folder, { words: ["Bookmarks"] });
  });
});

Deno.test({
  name: "a store that may not be written is refused and untouched",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/lars.db`;
      {
        using database = new DatabaseSync(path);
        database.exec("CREATE TABLE RouteData (modid INTEGER)");
      }
      await Deno.chmod(path, 0o444);
      await assertStoreRefused(folder, {
        words: ["cannot be written"],
        wrapper: AS_ANYBODY,
      });
    });
  },
});

Deno.test("a store that is not there, or is empty, is refused and not made", async () => {
  await withFolder(async (folder) => {
    await writeConfs(folder);
    const path = `${folder}/lars.db`;
    for (const words of ["there is none", "it is empty"]) {
      if (words === "it is empty") await Deno.writeTextFile(path, "");
      const before = await contentsOf(folder);
      for (const service of ["dns", "reporter"] as const) {
        const ended = await runService(service, folder);
        assertRefused(ended, `"${path}"`, words, "lars store create");
      }
      assertEquals(await contentsOf(folder), before);
    }
  });
});

Deno.test({
  name: "a store in a folder that may not be written is refused",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withFolder(async (folder) => {
      await writeConfs(folder);
      await makeStore(folder);
      await Deno.chmod(folder, 0o555);
      for (const service of ["dns", "reporter"] as const) {
        const ended = await runService(service, folder, {
          wrapper: AS_ANYBODY,
        });
        assertRefused(ended, `"${folder}/lars.db"`, "belongs to user");
      }
    });
  },
});

Deno.test("wrong options of a service end it with 64 and its usage", async () => {
  const { code, stderr } = await runDeno(["run", "dns/main.ts", "--port=1"]);
  assertEquals(code, 64);
  assert(stderr.includes("usage: dns"), stderr);
});
