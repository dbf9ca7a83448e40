import { assertEquals, assertRejects } from "@std/assert";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { AbstractConnector, Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import {
  type DataServerKind,
  mariadb,
  postgres,
  redis,
} from "../../tests/support/data_servers.ts";
import { eventually } from "../../tests/support/wait.ts";
import { NoHostError } from "../mod.ts";
import { LiveAgent } from "../testing/live_agent.ts";
import { larsConnect, larsConnector } from "./mod.ts";

/** Refuses connections: tests that run beside take ports of 127.0.0.1 alone. */
const DEAD = "127.0.0.99:9";

/** A library, and a server to which it connects. */
interface Library extends DataServerKind {
  name: string;
  /** Opens a pool: what asks a question, and what ends it. */
  open: (live: LiveAgent) => {
    ask: () => Promise<unknown>;
    end: () => Promise<unknown>;
  };
}

const LIBRARIES: Library[] = [
  {
    name: "mysql2",
    ...await mariadb(),
    open({ client }) {
      const stream = larsConnect(client, [1, 1]);
      const pool = mysql.createPool({ stream, user: "root" });
      const ask = async () => {
        const [rows] = await pool.query("SELECT 1 AS value");
        assertEquals(JSON.stringify(rows), '[{"value":1}]');
      };
      return { ask, end: () => pool.end() };
    },
  },
  {
    name: "pg",
    ...await postgres(),
    open({ client }) {
      const stream = larsConnect(client, [1, 1]);
      const pool = new pg.Pool({ stream, user: "lars", database: "postgres" });
      pool.on("error", () => {});
      const ask = async () => {
        const { rows } = await pool.query("SELECT 1 AS value");
        assertEquals(rows, [{ value: 1 }]);
      };
      return { ask, end: () => pool.end() };
    },
  },
  {
    name: "ioredis",
    ...await redis(),
    open({ client }) {
      const Connector = larsConnector(client, [1, 1], { AbstractConnector });
      const redis = new Redis({
        Connector,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      });
      redis.on("error", () => {});
      const ask = async () => assertEquals(await redis.ping(), "PONG");
      const end = () => Promise.resolve(redis.disconnect());
      return { ask, end };
    },
  },
];

for (const { name, missing, start, open } of LIBRARIES) {
  const ignore = missing !== undefined;
  const suffix = ignore ? ` (${missing})` : "";

  Deno.test({
    name:
      `${name} connects to the host that Lars picks, past one that refuses${suffix}`,
    ignore,
    // Drivers leave timers behind when a connection breaks.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await start();
      const alive = `127.0.0.1:${server.port}`;
      await using live = new LiveAgent({ "1,1": [DEAD, alive] });
      const pool = open(live);
      await pool.ask();
      await pool.ask();
      assertEquals(await live.results(2), [`${DEAD} 1`, `${alive} 0`]);
      await server.kill();
      // Processes of PostgreSQL outlive their first one for a moment.
      await eventually(
        "a refusal",
        () => pool.ask().then(() => false, () => true),
      );
      await pool.end();
    },
  });
}

Deno.test("larsConnect() ends the connection with the reason when there is no host", async () => {
  await using live = new LiveAgent({});
  const pool = mysql.createPool({ stream: larsConnect(live.client, [1, 1]) });
  await assertRejects(() => pool.query("SELECT 1"), NoHostError);
  await pool.end();
});

Deno.test("larsConnect() reports a connection that breaks as a failure of its host", async () => {
  const server = createServer((peer) => {
    peer.write("hello");
    peer.once("data", () => peer.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await using live = new LiveAgent({ "1,1": [`127.0.0.1:${port}`] });
  const socket = larsConnect(live.client, [1, 1])();
  const broken = new Promise((resolve) => socket.once("error", resolve));
  const received = new Promise((resolve) => socket.once("data", resolve));
  assertEquals(String(await received), "hello");
  assertEquals(socket.remotePort, port);
  socket.write("enough");
  await broken;
  const address = `127.0.0.1:${port}`;
  assertEquals(await live.results(2), [`${address} 0`, `${address} 1`]);
  server.close();
});

Deno.test("larsConnect() with recycle ends idle connections of a host that has left, and opens others elsewhere", async () => {
  const servers = [createServer(), createServer()];
  const addresses: string[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve)
    );
    addresses.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  await using live = new LiveAgent({ "1,1": [addresses[0]!] });
  const open = larsConnect(live.client, [1, 1], { recycle: true });
  const sockets = [open(), open()];
  await live.results(2);
  live.agent.routes["1,1"] = [addresses[1]!];
  await Promise.all(sockets.map((socket) => once(socket, "close")));
  const elsewhere = open();
  await once(elsewhere, "connect");
  assertEquals(`127.0.0.1:${elsewhere.remotePort}`, addresses[1]);
  elsewhere.destroy();
  await once(elsewhere, "close");
  for (const server of servers) server.close();
});
