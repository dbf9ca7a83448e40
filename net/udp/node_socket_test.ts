import { assert, assertEquals, assertRejects } from "@std/assert";
import { PortRefusedError } from "../transport.ts";
import { ConnectedSockets, NodeSocket } from "./node_socket.ts";

const ADDRESS = "127.0.0.1";

/** Deno has sockets of `node:dgram`, but does not connect them in the system. */
const isDeno = typeof Deno.version === "object";

/** A socket at a port, by default a free one. */
async function bound(port = 0): Promise<NodeSocket> {
  const socket = new NodeSocket({ hostname: ADDRESS, port });
  await socket.ready;
  return socket;
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

Deno.test("NodeSocket and ConnectedSockets send to each other, each port apart", async () => {
  const servers = [await bound(), await bound()];
  const ports = servers.map(({ local }) => local.port);
  const client = new ConnectedSockets(ADDRESS, ports);
  const buffer = new Uint8Array(10);
  for (const [index, server] of servers.entries()) {
    const to = { hostname: ADDRESS, port: ports[index]! };
    await client.send(bytes(index, 7), to);
    const [request, from] = await server.receive(buffer);
    assertEquals([...request], [index, 7]);
    await server.send(bytes(index, 8), from);
    const [answer, peer] = await client.receive(new Uint8Array(10));
    assertEquals([...answer], [index, 8]);
    assertEquals(peer, to);
  }
  await assertRejects(
    () => client.send(bytes(1), { hostname: ADDRESS, port: 9 }),
    Error,
    "not connected",
  );
  for (const socket of [client, ...servers]) socket.close();
});

Deno.test("ConnectedSockets keep what comes before it is asked for, and cut off what does not fit", async () => {
  const server = await bound();
  const { port } = server.local;
  const client = new ConnectedSockets(ADDRESS, [port]);
  await client.send(bytes(1), { hostname: ADDRESS, port });
  const [, from] = await server.receive(new Uint8Array(10));
  for (let value = 1; value <= 3; value++) {
    await server.send(bytes(value, value, value), from);
  }
  const values: number[][] = [];
  for (let index = 0; index < 3; index++) {
    const [part] = await client.receive(new Uint8Array(2));
    values.push([...part]);
  }
  assertEquals(values, [[1, 1], [2, 2], [3, 3]]);
  for (const socket of [client, server]) socket.close();
});

Deno.test("ConnectedSockets do not hear strangers", async () => {
  const [server, stranger] = [await bound(), await bound()];
  const { port } = server.local;
  const client = new ConnectedSockets(ADDRESS, [port]);
  await client.send(bytes(1), { hostname: ADDRESS, port });
  const [, from] = await server.receive(new Uint8Array(10));
  await stranger.send(bytes(66), from);
  await server.send(bytes(2), from);
  const [answer] = await client.receive(new Uint8Array(10));
  assertEquals([...answer], [2]);
  for (const socket of [client, server, stranger]) socket.close();
});

Deno.test({
  name: "ConnectedSockets tell at once that nothing listens, and go on",
  ignore: isDeno,
  async fn() {
    const gone = await bound();
    const { port } = gone.local;
    gone.close();
    const client = new ConnectedSockets(ADDRESS, [port]);
    await client.send(bytes(1), { hostname: ADDRESS, port });
    const error = await assertRejects(
      () => client.receive(new Uint8Array(10)),
      PortRefusedError,
    );
    assertEquals((error as PortRefusedError).peer.port, port);
    const server = await bound(port);
    const received = server.receive(new Uint8Array(10));
    await client.send(bytes(2), { hostname: ADDRESS, port });
    assertEquals([...(await received)[0]], [2]);
    for (const socket of [client, server]) socket.close();
  },
});

Deno.test("NodeSocket and ConnectedSockets fail a receive that waits, and later ones, when closed", async () => {
  for (
    const socket of [
      new NodeSocket({ hostname: ADDRESS, port: 0 }),
      new ConnectedSockets(ADDRESS, [9]),
    ]
  ) {
    const received = socket.receive(new Uint8Array(10));
    socket.close();
    socket.close();
    await assertRejects(() => received, Error, "closed");
    await assertRejects(
      () => socket.receive(new Uint8Array(1)),
      Error,
      "closed",
    );
  }
});

Deno.test("NodeSocket tells that its port is taken", async () => {
  const first = await bound();
  const second = new NodeSocket({ hostname: ADDRESS, port: first.local.port });
  const error = await assertRejects(() =>
    second.send(bytes(1), { hostname: ADDRESS, port: 9 })
  );
  assert(String(error).includes("EADDRINUSE"), String(error));
  for (const socket of [first, second]) socket.close();
});
