import { assertEquals, assertRejects } from "@std/assert";
import type { Endpoint } from "../../proto/mod.ts";
import { MemoryNetwork, VirtualClock } from "../testing/mod.ts";
import { NamedSocket } from "./named_socket.ts";

const PORT = 8888;

/** A client's machine, and machines with a server that echoes. */
function fixture(addresses: string[]) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  let lookups = 0;
  const socket = new NamedSocket({
    clock,
    resolve: () => {
      lookups += 1;
      if (addresses.length === 0) throw new Error("no such name");
      return Promise.resolve(addresses);
    },
    bind: () =>
      network.machine("10.0.0.9").bind({ hostname: "0.0.0.0", port: 0 }),
  });
  return {
    socket,
    addresses,
    lookups: () => lookups,
    /** A server that counts what it gets, and answers if it is told to. */
    serve: (ip: string, answers = true) => {
      const server = network.machine(ip).bind({ hostname: ip, port: PORT });
      const got: number[] = [];
      const peers: Endpoint[] = [];
      (async () => {
        for (;;) {
          const received = await server.receive(new Uint8Array(10))
            .catch(() => undefined);
          if (received === undefined) return;
          const [bytes, from] = received;
          got.push(bytes[0]!);
          peers.push(from);
          if (answers) await server.send(bytes, from);
        }
      })();
      const push = (value: number, to: Endpoint) =>
        server.send(new Uint8Array([value]), to);
      return { got, peers, push, close: () => server.close() };
    },
    send: async (value: number) => {
      await socket.send(new Uint8Array([value]), { hostname: "a", port: PORT });
      await clock.advance(10);
    },
    receive: async () => {
      const [bytes, from] = await socket.receive(new Uint8Array(10));
      return [bytes[0], from.hostname];
    },
    advance: (ms: number) => clock.advance(ms),
  };
}

Deno.test("NamedSocket tries each address of its name until one answers, and stays there", async () => {
  const all = fixture(["10.0.0.1", "10.0.0.2"]);
  // Something else has the first address.
  const deaf = all.serve("10.0.0.1", false);
  const server = all.serve("10.0.0.2");
  await all.send(1);
  await all.send(2);
  assertEquals(await all.receive(), [2, "10.0.0.2"]);
  for (const value of [3, 4, 5]) {
    await all.send(value);
    assertEquals(await all.receive(), [value, "10.0.0.2"]);
  }
  assertEquals([deaf.got, server.got], [[1], [2, 3, 4, 5]]);
  assertEquals(all.lookups(), 1);
  all.socket.close();
  deaf.close();
  server.close();
});

Deno.test("NamedSocket looks its name up again when answers stay away", async () => {
  const all = fixture(["10.0.0.1"]);
  const old = all.serve("10.0.0.1");
  await all.send(1);
  assertEquals(await all.receive(), [1, "10.0.0.1"]);
  old.close();
  all.addresses[0] = "10.0.0.2";
  const moved = all.serve("10.0.0.2");
  // Silence alone is no reason.
  await all.advance(60_000);
  await all.send(2);
  await all.advance(1_100);
  await all.send(3);
  assertEquals(await all.receive(), [3, "10.0.0.2"]);
  assertEquals(all.lookups(), 2);
  all.socket.close();
  moved.close();
});

Deno.test("NamedSocket is not led astray by a stranger", async () => {
  const all = fixture(["10.0.0.1"]);
  const server = all.serve("10.0.0.1");
  await all.send(1);
  await all.receive();
  const stranger = all.serve("10.0.0.66");
  await stranger.push(9, server.peers[0]!);
  await all.advance(10);
  assertEquals(await all.receive(), [9, "10.0.0.66"]);
  await all.send(2);
  assertEquals(await all.receive(), [2, "10.0.0.1"]);
  assertEquals(stranger.got, []);
  all.socket.close();
  stranger.close();
  server.close();
});

Deno.test("NamedSocket.send() fails while the name has no address, and asks again", async () => {
  const all = fixture([]);
  await assertRejects(() => all.send(1), Error, "no such name");
  all.addresses.push("10.0.0.1");
  const server = all.serve("10.0.0.1");
  await all.send(2);
  assertEquals(await all.receive(), [2, "10.0.0.1"]);
  all.socket.close();
  await assertRejects(() => all.receive(), Error, "closed");
  server.close();
});
