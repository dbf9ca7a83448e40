import type { Endpoint } from "../../proto/mod.ts";
import { assert, assertEquals, assertFalse } from "@std/assert";
import type { DatagramSocket } from "../transport.ts";
import { UdpClient } from "./client.ts";
import { MemoryNetwork, VirtualClock } from "../testing/mod.ts";

const SERVER = { hostname: "10.0.0.1", port: 9 };

Deno.test("UdpClient sends to a server and hands on what comes back", async () => {
  const { clock, network, socket } = networkFixture();
  using server = network.machine(SERVER.hostname).bind(SERVER);
  const heard: [number[], Endpoint][] = [];
  await using client = new UdpClient({
    socket,
    clock,
    onDatagram: (datagram, from) => heard.push([[...datagram], from]),
  });

  assert(await client.send(new Uint8Array([1, 2]), SERVER));
  const asked = server.receive(new Uint8Array(10));
  await clock.advance(1);
  const [datagram, from] = await asked;
  assertEquals([...datagram], [1, 2]);
  await server.send(new Uint8Array([3]), from);
  await clock.advance(1);

  assertEquals(heard, [[[3], SERVER]]);
  assertEquals(client.counters, { sent: 1, sendFailures: 0, received: 1 });
});

Deno.test("UdpClient.send() tells what the system did not take, and what came after the end", async () => {
  const { clock, socket } = networkFixture();
  const client = new UdpClient({ socket, clock, onDatagram: () => {} });
  assertFalse(await client.send(new Uint8Array(65_508), SERVER));
  await client[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  assertFalse(await client.send(new Uint8Array(1), SERVER));
  assertEquals(client.counters, { sent: 0, sendFailures: 1, received: 0 });
});

Deno.test("UdpClient goes on after a receive that failed, without spinning", async () => {
  const clock = new VirtualClock();
  let receives = 0;
  const broken: DatagramSocket = {
    ...networkFixture().socket,
    receive: () => {
      receives += 1;
      return Promise.reject(new Error("no buffer space"));
    },
    close: () => {},
  };
  const client = new UdpClient({ socket: broken, clock, onDatagram: () => {} });
  await clock.advance(1_000);
  await client[Symbol.asyncDispose]();
  assertEquals(receives, 101);
});

function networkFixture() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0.5 });
  const socket = network.machine("10.0.0.2")
    .bind({ hostname: "10.0.0.2", port: 0 });
  return { clock, network, socket };
}
