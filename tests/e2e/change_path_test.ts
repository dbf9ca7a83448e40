import { eventually, nowMs } from "../support/wait.ts";
import { assertEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import {
  ForeignClient,
  ForeignConnection,
  frame,
  hostText,
  int32,
  message,
  parts,
} from "../support/foreign_wire.ts";
import { type Hand, storeArguments, testOnStores } from "../support/stores.ts";
import { row, runLars } from "../support/processes.ts";

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

/** An edit in exactly the original's statements. */
async function editByHand(
  hand: Hand,
  [modid, cmdid]: [number, number],
  address: string,
): Promise<void> {
  const { ip, port } = parseAddress(address);
  await hand.sql(
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(${modid}, ${cmdid}, ${ip}, ${port})`,
  );
  await announceByHand(hand, [modid, cmdid]);
}

async function announceByHand(
  hand: Hand,
  [modid, cmdid]: [number, number],
): Promise<void> {
  await hand.sql(
    "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
  );
  await hand.sql(
    `INSERT INTO RouteChange(modid, cmdid, version) VALUES(${modid}, ${cmdid}, UNIX_TIMESTAMP(NOW()))`,
  );
}

testOnStores(
  "a route change reaches a subscribed agent",
  async (test, store) => {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, "10.0.0.1:80"), row(1, 2, "10.0.0.2:80")],
      database: store.database,
      print: () => {},
    });
    const storeOptions = storeArguments(lars);
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
      using hand = await store.openByHand(lars);
      const count = async () =>
        (await hand.sql("SELECT id FROM RouteData")).length;
      const before = await count();
      const running = runLars([
        "route",
        "add",
        "1",
        "1",
        "10.0.0.3:80",
        ...storeOptions,
      ]);
      await eventually("the row", async () => await count() !== before);
      await expect("route add → agent", first, ["10.0.0.1:80", "10.0.0.3:80"]);
      const push = await dns.receive();
      assertEquals(int32(push.body, 1), 1);
      assertEquals((await running).code, 0);
    });

    await test.step("a whole new route, which an agent asked for before", async () => {
      const args = ["route", "add", "5", "5", "10.0.0.5:80", ...storeOptions];
      assertEquals((await runLars(args)).code, 0);
      await expect("new route → agent", added, ["10.0.0.5:80"]);
    });

    await test.step("written by hand with the original's statements", async () => {
      using hand = await store.openByHand(lars);
      await editByHand(hand, first, "10.0.0.4:80");
      await expect("by hand → agent", first, [
        "10.0.0.1:80",
        "10.0.0.3:80",
        "10.0.0.4:80",
      ]);
    });

    await test.step("two edits within one second, seen apart", async () => {
      // A clock that stands still: both edits leave the same version.
      const atSeconds = Math.floor(Date.now() / 1000);
      using hand = await store.openByHand(lars, { atSeconds });
      await editByHand(hand, second, "10.0.0.6:80");
      await expect("first of a second → agent", second, [
        "10.0.0.2:80",
        "10.0.0.6:80",
      ]);
      await editByHand(hand, second, "10.0.0.7:80");
      await expect("second of a second → agent", second, [
        "10.0.0.2:80",
        "10.0.0.6:80",
        "10.0.0.7:80",
      ]);
    });

    await test.step("two routes at once, and each statement a transaction of its own", async () => {
      using hand = await store.openByHand(lars);
      await editByHand(hand, first, "10.0.0.8:80");
      await editByHand(hand, second, "10.0.0.9:80");
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

    await test.step("all in one go, which `lars sql` does for the embedded store", async () => {
      const { ip, port } = parseAddress("10.0.0.10:80");
      const statements = [
        "BEGIN",
        `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES(5, 5, ${ip}, ${port})`,
        "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1",
        "INSERT INTO RouteChange(modid, cmdid, version) VALUES(5, 5, UNIX_TIMESTAMP(NOW()))",
        "COMMIT",
      ];
      if (store.kind === "sqlite") {
        const text = statements.slice(1, -1).join(";");
        const { code } = await runLars(["sql", text, "--data", lars.folder]);
        assertEquals(code, 0);
      } else {
        using hand = await store.openByHand(lars);
        for (const statement of statements) await hand.sql(statement);
      }
      await expect("in one go → agent", added, ["10.0.0.10:80", "10.0.0.5:80"]);
    });

    await test.step("removed, by the command and by hand", async () => {
      const args = [
        "route",
        "remove",
        "5",
        "5",
        "10.0.0.5:80",
        ...storeOptions,
      ];
      assertEquals((await runLars(args)).code, 0);
      await expect("route remove → agent", added, ["10.0.0.10:80"]);

      using hand = await store.openByHand(lars);
      const { ip } = parseAddress("10.0.0.2:80");
      await hand.sql(
        `DELETE FROM RouteData WHERE modid = 1 AND cmdid = 2 AND serverip = ${ip}`,
      );
      await announceByHand(hand, second);
      await expect("deleted by hand → agent", second, [
        "10.0.0.6:80",
        "10.0.0.7:80",
        "10.0.0.9:80",
      ]);
    });

    await test.step("the last host removed: the agent doubts it once, then has none", async () => {
      const args = ["route", "remove", "5", "5", "10.0.0.10:80"];
      assertEquals((await runLars([...args, ...storeOptions])).code, 0);
      await eventually(
        "the route is gone",
        async () => (await hostsOf(client, added)).length === 0,
      );
      assertEquals((await client.getHost(5, 5)).retcode, 3);
    });
  },
);
