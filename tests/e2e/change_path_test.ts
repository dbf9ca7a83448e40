import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { parseAddress } from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local_lars.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  hostText,
  int32,
  message,
  parts,
} from "./foreign_wire.ts";
import { eventually, nowMs, row, runLars } from "./support.ts";

/** What is promised is 300 ms; a machine that runs other tests may take longer. */
const DEADLINE_MS = 2_000;

/** A route at the agent, as a program sees it. */
async function hostsOf(
  client: ForeignClient,
  [modid, cmdid]: [number, number],
): Promise<string[]> {
  const request = frame(7, message({ 1: modid, 2: cmdid }));
  const answer = await client.ask(request, (modid + cmdid) % 3);
  return parts(answer.subarray(8), 3).map(hostText).sort();
}

/** The store as somebody opens it who has his own tools: MySQL's functions are his own too. */
function openByHand(
  folder: string,
  seconds = () => Math.floor(Date.now() / 1000),
): DatabaseSync {
  const database = new DatabaseSync(`${folder}/lars.db`, { timeout: 1_000 });
  database.function("NOW", seconds);
  database.function("UNIX_TIMESTAMP", (_time) => seconds());
  return database;
}

/** An edit in exactly the original's statements (lars_rule.md, "Tables"). */
function editByHand(
  database: DatabaseSync,
  [modid, cmdid]: [number, number],
  address: string,
): void {
  const { ip, port } = parseAddress(address);
  database.exec(
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(${modid}, ${cmdid}, ${ip}, ${port})`,
  );
  announceByHand(database, [modid, cmdid]);
}

function announceByHand(
  database: DatabaseSync,
  [modid, cmdid]: [number, number],
): void {
  database.exec(
    "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
  );
  database.exec(
    `INSERT INTO RouteChange(modid, cmdid, version) VALUES(${modid}, ${cmdid}, UNIX_TIMESTAMP(NOW()))`,
  );
}

Deno.test("a route change reaches a subscribed agent", async (test) => {
  await using lars = await LocalLars.start({
    routes: [row(1, 1, "10.0.0.1:80"), row(1, 2, "10.0.0.2:80")],
    print: () => {},
  });
  const { folder } = lars;
  using client = new ForeignClient(lars.agent.port);
  const first: [number, number] = [1, 1];
  const second: [number, number] = [1, 2];
  const added: [number, number] = [5, 5];
  for (const key of [first, second]) {
    await eventually(
      "the route",
      async () => (await hostsOf(client, key)).length === 1,
    );
  }
  // Unknown so far: the agent is subscribed to it all the same.
  assertEquals(await hostsOf(client, added), []);

  async function expect(
    what: string,
    key: [number, number],
    hosts: string[],
  ): Promise<void> {
    const startMs = nowMs();
    await eventually(
      what,
      async () => (await hostsOf(client, key)).join() === hosts.join(),
      {
        deadlineMs: DEADLINE_MS,
      },
    );
    console.log(`${what}: ${Math.round(nowMs() - startMs)} ms`);
  }

  await test.step("added with `lars route add`", async () => {
    // dns pushes to a subscriber of its own: when the row was there, and when
    // the push was, is seen without the command's own start and end.
    using dns = await ForeignConnection.open(lars.addressOf("dns"));
    await dns.send(frame(1, message({ 1: 1, 2: 1 })));
    await dns.receive();
    using database = openByHand(folder);
    const count = database.prepare("SELECT count(*) AS rows FROM RouteData");
    const before = count.get()!.rows;
    const running = runLars([
      "route",
      "add",
      "1",
      "1",
      "10.0.0.3:80",
      "--data",
      folder,
    ]);
    await eventually("the row", () => count.get()!.rows !== before);
    await expect("route add → agent", first, ["10.0.0.1:80", "10.0.0.3:80"]);
    const push = await dns.receive();
    assertEquals(int32(push.body, 1), 1);
    assertEquals((await running).code, 0);
  });

  await test.step("a whole new route, which an agent asked for before", async () => {
    const args = ["route", "add", "5", "5", "10.0.0.5:80", "--data", folder];
    assertEquals((await runLars(args)).code, 0);
    await expect("new route → agent", added, ["10.0.0.5:80"]);
  });

  await test.step("written by hand with the original's statements", async () => {
    using database = openByHand(folder);
    editByHand(database, first, "10.0.0.4:80");
    await expect("by hand → agent", first, [
      "10.0.0.1:80",
      "10.0.0.3:80",
      "10.0.0.4:80",
    ]);
  });

  await test.step("two edits within one second, seen apart", async () => {
    // A clock that stands still: both edits leave the same version.
    const atSeconds = Math.floor(Date.now() / 1000);
    using database = openByHand(folder, () => atSeconds);
    editByHand(database, second, "10.0.0.6:80");
    await expect("first of a second → agent", second, [
      "10.0.0.2:80",
      "10.0.0.6:80",
    ]);
    editByHand(database, second, "10.0.0.7:80");
    await expect("second of a second → agent", second, [
      "10.0.0.2:80",
      "10.0.0.6:80",
      "10.0.0.7:80",
    ]);
  });

  await test.step("two routes at once, and each statement a transaction of its own", async () => {
    using database = openByHand(folder);
    editByHand(database, first, "10.0.0.8:80");
    editByHand(database, second, "10.0.0.9:80");
    await expect("both → agent", first, [
      "10.0.0.1:80",
      "10.0.0.3:80",
      "10.0.0.4:80",
      "10.0.0.8:80",
    ]);
    await expect("both → agent, the other", second, [
      "10.0.0.2:80",
      "10.0.0.6:80",
      "10.0.0.7:80",
      "10.0.0.9:80",
    ]);
  });

  await test.step("`lars sql` takes the statements too", async () => {
    const { ip, port } = parseAddress("10.0.0.10:80");
    const { code } = await runLars([
      "sql",
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(5, 5, ${ip}, ${port});
       UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1;
       INSERT INTO RouteChange(modid, cmdid, version) VALUES(5, 5, UNIX_TIMESTAMP(NOW()))`,
      "--data",
      folder,
    ]);
    assertEquals(code, 0);
    await expect("lars sql → agent", added, ["10.0.0.10:80", "10.0.0.5:80"]);
  });

  await test.step("removed, by the command and by hand", async () => {
    const args = ["route", "remove", "5", "5", "10.0.0.5:80", "--data", folder];
    assertEquals((await runLars(args)).code, 0);
    await expect("route remove → agent", added, ["10.0.0.10:80"]);

    using database = openByHand(folder);
    const { ip } = parseAddress("10.0.0.2:80");
    database.exec(
      `DELETE FROM RouteData WHERE modid = 1 AND cmdid = 2 AND serverip = ${ip}`,
    );
    announceByHand(database, second);
    await expect("deleted by hand → agent", second, [
      "10.0.0.6:80",
      "10.0.0.7:80",
      "10.0.0.9:80",
    ]);
  });

  await test.step("the last host removed: the agent doubts it once, then has none", async () => {
    const args = ["route", "remove", "5", "5", "10.0.0.10:80"];
    assertEquals((await runLars([...args, "--data", folder])).code, 0);
    await eventually(
      "the route is gone",
      async () => (await hostsOf(client, added)).length === 0,
    );
    assertEquals((await client.getHost(5, 5)).retcode, 3);
  });
});
