/**
 * Which configuration and which store a command takes, wherever it is typed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { makeStore, runDeno, type RunOptions } from "../support/processes.ts";
import { FreshClone } from "../support/terminal.ts";

Deno.test("lars finds the store of the services from any folder, and says which it wrote to", async () => {
  await using clone = await FreshClone.make();
  const elsewhere = await Deno.makeTempDir({ prefix: "lars-elsewhere-" });
  // What the task may read of its environment, and no more.
  const { tasks } = JSON.parse(
    await Deno.readTextFile(`${clone.folder}/deno.json`),
  );
  const permissions = tasks.lars.command.split(" ").slice(1, -1);
  const lars = (args: string[], options: RunOptions = {}) =>
    runDeno([...permissions, `${clone.folder}/api/cli/main.ts`, ...args], {
      cwd: elsewhere,
      ...options,
    });
  const add = ["route", "add", "1", "1", "10.0.0.1:80"];

  const missing = await lars(["route", "list"]);
  assertEquals(missing.code, 2);
  assert(
    missing.stderr.includes(`"${clone.folder}/data/lars.db"`),
    missing.stderr,
  );

  await makeStore(`${clone.folder}/data`);
  assertEquals(
    (await lars(add)).stdout,
    `added host of (1, 1): 10.0.0.1:80 in ${clone.folder}/data/lars.db\n`,
  );

  // A variable names the configuration of another system.
  const other = `${elsewhere}/other`;
  await Deno.mkdir(other);
  await Deno.writeTextFile(
    `${other}/dns.conf`,
    "[store]\nkind = mysql\n[mysql]\ndb_host = 127.0.0.1:1\ndb_name = there\n",
  );
  for (const LARS_CONF of [other, `${other}/dns.conf`]) {
    const { code, stderr } = await lars(add, { env: { LARS_CONF } });
    assertEquals(code, 2);
    assert(stderr.includes("127.0.0.1:1"), stderr);
  }
  const wrong = await lars(add, { env: { LARS_CONF: `${elsewhere}/none` } });
  assertEquals(wrong.code, 2);
  assert(wrong.stderr.includes("LARS_CONF"), wrong.stderr);

  const left = Array.from(Deno.readDirSync(elsewhere), ({ name }) => name);
  assertEquals(left, ["other"]);
  await Deno.remove(elsewhere, { recursive: true });
});

Deno.test("a service started from any folder takes the configuration of its repository", async () => {
  await using clone = await FreshClone.make();
  const elsewhere = await Deno.makeTempDir({ prefix: "lars-elsewhere-" });
  await Deno.mkdir(`${elsewhere}/conf`);
  // One that lies where the person stands is another's.
  await Deno.writeTextFile(
    `${elsewhere}/conf/dns.conf`,
    "[reactor]\nport = 1\n",
  );
  await Deno.writeTextFile(
    `${clone.folder}/conf/dns.conf`,
    "[reactor]\nport = of the repository\n",
  );
  const { code, stderr } = await runDeno(
    ["run", "-A", `${clone.folder}/dns/main.ts`],
    { cwd: elsewhere },
  );
  assertEquals(code, 1);
  assert(
    stderr.includes(`Cannot load "${clone.folder}/conf/dns.conf" as [reactor]`),
    stderr,
  );
  await Deno.remove(elsewhere, { recursive: true });
});
