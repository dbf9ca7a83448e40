import { assert, assertEquals, assertRejects } from "@std/assert";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { MysqlRouteStore } from "./route_store.ts";
import { ensureSchema } from "./schema.ts";
import {
  assertPoll,
  type Mariadb,
  MysqlFixture,
  rowOf,
  scanAll,
  startMariadb,
  StoreTestClock,
  testOnMariadb,
} from "../testing/mod.ts";
import { StoreError } from "../types.ts";

function testOutage(
  name: string,
  body: (server: Mariadb) => Promise<void>,
): void {
  testOnMariadb(name, async () => {
    await using server = await startMariadb();
    await body(server);
  });
}

async function assertRetry(
  use: () => Promise<unknown>,
  message = "",
): Promise<void> {
  const error = await assertRejects(use, StoreError, message);
  assert(error.retry, error.message);
}

testOutage(
  "MysqlRouteStore opens while its database is away, and survives its death",
  async (server) => {
    const { options } = await openClosed(server);
    await server.kill();
    await using store = await MysqlRouteStore.open(options);
    await assertRetry(() => store.watch());
    await assertRetry(() => scanAll(store));
    await server.restart();
    const feed = await store.watch();
    const { ip } = rowOf(1, 1, 1);
    const drain = [{ ip, who: "alice", reason: "new disk" }];
    await store.edit({ add: [rowOf(1, 1, 1)], drain });
    await server.kill();
    await assertRetry(() => feed.poll());
    await assertRetry(() => store.edit({ add: [rowOf(1, 2, 1)] }));
    await server.restart();
    await assertPoll(feed, [rowOf(1, 1, 1)]);
    await store.edit({ add: [rowOf(1, 2, 1)] });
    await assertPoll(feed, [rowOf(1, 2, 1)]);
    // The drain of the machine holds, also for the host that came later.
    const hosts = (await scanAll(store)).flatMap((route) => route.hosts);
    assertEquals(hosts.map(({ drained }) => drained), [true, true]);
  },
);

testOutage(
  "MysqlRouteStore.scan() whose server dies fails rather than ends early",
  async (server) => {
    const { options } = await openClosed(server);
    await using store = await MysqlRouteStore.open(options);
    const add = Array.from({ length: 60_000 }, (_, index) => ({
      modId: 1,
      cmdId: index,
      ip: 1,
      port: 80,
    }));
    await store.edit({ add });
    await assertRetry(async () => {
      for await (const { cmdId } of store.scan()) {
        if (cmdId === 0) await server.kill();
      }
    }, "Connection lost");
  },
);

testOutage(
  "MysqlRouteStore takes the first host that answers, and returns to the one named first",
  async (server) => {
    const { options } = await openClosed(server);
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [hostname, deadPort] = ["127.0.0.1", freeTcpPort()];
    const live = { hostname, port: server.port };
    await using store = await MysqlRouteStore.open({
      ...options,
      connectTimeoutMs: 100,
      hosts: [
        { hostname, port: deadPort },
        { hostname, port: silent.addr.port },
        live,
      ],
    });
    await store.edit({ add: [rowOf(1, 1, 1)] });
    assertEquals((await scanAll(store)).length, 1);

    await using first = await startMariadb({ port: deadPort });
    const { options: firstOptions } = await openClosed(first);
    await using direct = await MysqlRouteStore.open(firstOptions);
    assertEquals(firstOptions.database, options.database);
    await direct.edit({ add: [rowOf(2, 1, 1), rowOf(2, 2, 2)] });
    options.clock.ms += 10_001;
    // It looks beside the work, so some uses still go to the other one.
    for (let left = 500; (await scanAll(store)).length < 2; left -= 1) {
      assert(left > 0, "never returned to the first host");
    }
    await first.kill();
    // A connection that was idle has either noticed by now, or tells this use.
    await store.edit({ add: [rowOf(1, 2, 1)] }).catch((error) =>
      assert(error.retry)
    );
    await store.edit({ add: [rowOf(1, 2, 1)] });
    assertEquals((await scanAll(store)).map(({ modId }) => modId), [1, 1]);
  },
);

testOutage(
  "MysqlRouteStore leaves a host that answers but takes no writes, and returns when it does again",
  async (server) => {
    await using other = await startMariadb();
    const writer = { user: "writer", database: "lars_outage" };
    const ports = [server.port, other.port];
    const [first, second] = await Promise.all(ports.map(async (port) => {
      const fixture = await MysqlFixture.open(port, { schema: false });
      await fixture.sql("CREATE USER writer@'%' IDENTIFIED BY ''");
      await fixture.sql("GRANT ALL ON `lars\\_%`.* TO writer@'%'");
      const own = { ...fixture.options, ...writer };
      await ensureSchema(own, { apply: true });
      await using direct = await MysqlRouteStore.open(own);
      await direct.edit({ add: [rowOf(port, 1, 1)] });
      return fixture;
    }));
    await using _first = first!;
    await using _second = second!;
    const { options, clock } = first!;
    const hosts = ports.map((port) => ({ hostname: "127.0.0.1", port }));
    await using store = await MysqlRouteStore.open({
      ...options,
      ...writer,
      hosts,
    });
    const modIds = async () => (await scanAll(store)).map(({ modId }) => modId);
    const edit = { settings: [{ modId: 1, cmdId: 1, check: true }] };
    await store.edit(edit);
    await first!.sql("SET GLOBAL read_only = 1");
    await assertRetry(() => store.edit({ add: [rowOf(2, 2, 2)] }), "read-only");
    await store.edit({ add: [rowOf(2, 2, 2)] });
    assertEquals(await modIds(), [2, other.port]);

    clock.ms += 10_001;
    await modIds();
    assertEquals(await modIds(), [2, other.port]);
    // Also when tables have to be created.
    const { created } = await ensureSchema({
      ...options,
      ...writer,
      database: "lars_new",
      hosts,
    }, { apply: true });
    assertEquals(created[0], "database lars_new");
    await first!.sql("SET GLOBAL read_only = 0");
    clock.ms += 10_001;
    while ((await modIds()).includes(2)) {
      // It looks beside the work.
    }
    assertEquals(await modIds(), [server.port]);
  },
);

/** A database "lars_outage" without a connection that would hold the server. */
async function openClosed(server: Mariadb) {
  await using fixture = await MysqlFixture.open(server.port, { schema: false });
  const { clock } = fixture;
  const options = { ...fixture.options, database: "lars_outage", clock };
  await ensureSchema(options, { apply: true });
  return { options };
}

Deno.test("MysqlRouteStore.open() refuses options that cannot be right, without a server", async () => {
  const options = {
    hosts: [{ hostname: "10.0.0.1", port: 3306 }],
    user: "",
    password: "",
    database: "",
    tls: "verify" as const,
    connectTimeoutMs: 1,
    queryTimeoutMs: 1,
    connectionsMax: 1,
    clock: new StoreTestClock(),
  };
  await assertRejects(
    () => MysqlRouteStore.open(options),
    RangeError,
    'hosts by name: current value is "10.0.0.1"',
  );
  await assertRejects(
    () => MysqlRouteStore.open({ ...options, hosts: [] }),
    RangeError,
    "at least one host",
  );
});
