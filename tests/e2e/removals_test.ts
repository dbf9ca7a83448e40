/** Stores that lose routes under a running dns: what it takes for an edit, and what not. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { decodeHelloAck } from "../../proto/mod.ts";
import { EmbeddedService } from "../support/embedded_service.ts";
import { frame, message, parts } from "../support/foreign_wire.ts";
import { makeStore, row, runLars } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const ROUTES = 1_000;

/** Routes that are left of them. */
const LEFT = 3;

const ROWS = Array.from(
  { length: ROUTES },
  (_, index) => row(1, index + 1, "10.0.0.1:80"),
);

const HOLDS = / error .*the store lacks routes or hosts/;
const ENDS = / info .*the routes are as the store has them/;

/** A dns process of its own over an embedded store with these rows, compared each second. */
function startDns(rows = ROWS): Promise<EmbeddedService> {
  const conf = "[feed]\nfull_compare_interval_s = 1\n";
  return EmbeddedService.start({ name: "dns", rows, conf });
}

/** Number of hosts of route (1, cmdid) that a dns answers. */
async function ask(dns: EmbeddedService, cmdId: number): Promise<number> {
  using connection = await dns.connect();
  await connection.send(frame(1, message({ 1: 1, 2: cmdId })));
  return parts((await connection.receive()).body, 3).length;
}

/** Edits by hand. */
function sql({ folder }: EmbeddedService, statements: string): void {
  using database = new DatabaseSync(`${folder}/lars.db`);
  database.exec(statements);
}

/** Runs `lars` on the store of a dns; it must succeed. */
async function lars({ folder }: EmbeddedService, ...args: string[]) {
  const { code, stdout, stderr } = await runLars([...args, "--data", folder]);
  assertEquals(code, 0, stdout + stderr);
}

/** Waits until comparisons have ended that began after now. */
async function compared(dns: EmbeddedService): Promise<void> {
  const before = await dns.metric("comparisons_total");
  await eventually(
    "two more comparisons",
    async () => await dns.metric("comparisons_total") >= before + 2,
  );
}

/** Waits until this many routes are held, and that has been said: at the second comparison. */
async function holds(dns: EmbeddedService, routes: number): Promise<void> {
  await eventually(
    `${routes} routes are held`,
    async () => await dns.metric("removals_held") === routes,
  );
  if (routes > 0) await compared(dns);
}

Deno.test("1,000 routes reduced to 3 by hand are served until a person accepts it", async () => {
  await using dns = await startDns();
  sql(dns, `DELETE FROM RouteData WHERE cmdid > ${LEFT}`);
  await holds(dns, ROUTES - LEFT);
  assertEquals([await ask(dns, 1), await ask(dns, ROUTES)], [1, 1]);
  assertEquals(await dns.metric("routes"), ROUTES);
  // Edits go on meanwhile, and those that name a route take hosts away.
  await lars(dns, "route", "add", "1", "1", "10.0.0.2:80");
  await eventually("the new host", async () => await ask(dns, 1) === 2);
  await lars(dns, "route", "remove", "1", "1", "10.0.0.1:80");
  await eventually("the old one is gone", async () => await ask(dns, 1) === 1);
  await compared(dns);
  assertEquals(await dns.metric("removals_held"), ROUTES - LEFT);
  assertEquals(dns.process.linesWith(HOLDS).length, 1);

  await lars(dns, "store", "accept");
  await holds(dns, 0);
  assertEquals([await ask(dns, 1), await ask(dns, ROUTES)], [1, 0]);
  await dns.process.printed(ENDS);
  assertEquals(dns.process.linesWith(HOLDS).length, 1);
  assertEquals(dns.process.linesWith(ENDS).length, 1);
});

Deno.test("routes that return by hand end the holding", async () => {
  await using dns = await startDns();
  sql(
    dns,
    "CREATE TABLE Aside AS SELECT * FROM RouteData; DELETE FROM RouteData",
  );
  await holds(dns, ROUTES);
  sql(dns, "INSERT INTO RouteData SELECT * FROM Aside; DROP TABLE Aside");
  await holds(dns, 0);
  await dns.process.printed(ENDS);
  assertEquals([await ask(dns, 1), await ask(dns, ROUTES)], [1, 1]);
  // The next time it is said again.
  sql(dns, "DELETE FROM RouteData");
  await holds(dns, ROUTES);
  assertEquals(dns.process.linesWith(HOLDS).length, 2);
});

Deno.test("a route that loses most of its hosts by hand keeps them until a RouteChange names it", async () => {
  const hosts = Array.from({ length: 5 }, (_, index) => `10.0.0.${index + 1}`);
  await using dns = await startDns([
    ...hosts.map((ip) => row(1, 1, `${ip}:80`)),
    ...ROWS.slice(1),
  ]);
  const without = "modid = 1 AND cmdid = 1 AND id > 2";
  sql(dns, `DELETE FROM RouteData WHERE ${without}`);
  await holds(dns, 1);
  assertEquals(await ask(dns, 1), hosts.length);
  sql(
    dns,
    `UPDATE RouteVersion SET version = version + 1;
     INSERT INTO RouteChange(modid, cmdid, version)
       SELECT 1, 1, version FROM RouteVersion`,
  );
  await holds(dns, 0);
  assertEquals(await ask(dns, 1), 2);
});

Deno.test("most routes removed one by one by lars go at once", async () => {
  await using dns = await startDns(ROWS.slice(0, 5));
  for (const [index] of ROWS.slice(0, 4).entries()) {
    await lars(dns, "route", "remove", "1", `${index + 1}`, "10.0.0.1:80");
    await eventually(
      `route ${index + 1} is gone`,
      async () => await ask(dns, index + 1) === 0,
      { deadlineMs: 2_000 },
    );
  }
  await compared(dns);
  assertEquals(await dns.metric("routes"), 1);
  assertEquals(await dns.metric("removals_held"), 0);
  assertEquals(dns.process.linesWith(HOLDS), []);
});

Deno.test("few routes removed by hand go with the next comparison", async () => {
  await using dns = await startDns();
  sql(dns, "DELETE FROM RouteData WHERE cmdid > 900");
  await eventually(
    "they are gone",
    async () => await dns.metric("routes") === 900,
  );
  assertEquals(dns.process.linesWith(HOLDS), []);
});

Deno.test("another store in place of the one that is served takes nothing away, says so in its HelloAck, and adds", async () => {
  await using dns = await startDns();
  const path = `${dns.folder}/lars.db`;
  const identity = await identityOf(dns);
  const other = await Deno.makeTempDir({ prefix: "lars-" });
  await makeStore(other, [row(1, 1, "10.0.0.9:80"), row(2, 1, "10.0.0.9:80")]);
  for (const suffix of ["", "-wal", "-shm"]) {
    await Deno.remove(path + suffix).catch(() => {});
  }
  await Deno.rename(`${other}/lars.db`, path);
  await Deno.remove(other, { recursive: true });

  await holds(dns, ROUTES);
  assertEquals([await ask(dns, 1), await ask(dns, ROUTES)], [2, 1]);
  assertEquals(await dns.metric("routes"), ROUTES + 1);
  const [line = ""] = dns.process.linesWith(HOLDS);
  assert(line.includes("another store"), line);
  const met = await identityOf(dns);
  assert(met !== identity && line.includes(met), line);

  await lars(dns, "store", "accept");
  await holds(dns, 0);
  assertEquals([await ask(dns, 1), await ask(dns, ROUTES)], [1, 0]);
  assertEquals(dns.process.linesWith(HOLDS).length, 1);
});

Deno.test("a dns that starts on an empty store serves that, and its HelloAck tells which it is", async () => {
  await using one = await startDns();
  await using other = await startDns([]);
  assertEquals([await ask(one, 1), await ask(other, 1)], [1, 0]);
  const [a, b] = [await identityOf(one), await identityOf(other)];
  assert(/^[0-9a-f]{32}$/.test(a) && /^[0-9a-f]{32}$/.test(b), `${a} ${b}`);
  assert(a !== b);
});

Deno.test("rows that cannot be are said once, with the place of one, and their end", async () => {
  await using dns = await startDns(ROWS.slice(0, 2));
  sql(
    dns,
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport)
       VALUES (1, 7, 9, 70000);
     INSERT INTO RouteHostConfig(modid, cmdid, serverip, serverport, weight)
       VALUES (1, 8, 9, 80, 10001)`,
  );
  await dns.process.printed(
    /warning .*rows left out.*RouteData: modid = 1, cmdid = 7, .*= 70000/,
  );
  await dns.process.printed(
    /warning .*weights.*left out.*RouteHostConfig: modid = 1, cmdid = 8, .*weight = 10001/,
  );
  await compared(dns);
  assertEquals(dns.process.linesWith(/ warning /).length, 2);
  sql(
    dns,
    "DELETE FROM RouteData WHERE cmdid = 7; DELETE FROM RouteHostConfig",
  );
  await dns.process.printed(/no row is left out any more/);
  await dns.process.printed(/no weight, zone or setting is left out/);
  await compared(dns);
  assertEquals(dns.process.linesWith(/left out/).length, 4);
});

/** The store that a dns names to who says Hello. */
async function identityOf(dns: EmbeddedService): Promise<string> {
  using connection = await dns.connect(1);
  return decodeHelloAck((await connection.receive()).body).store;
}
