import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import {
  type FramedConnection,
  loggerOf,
  MessageRouter,
  TcpServer,
} from "../../net/mod.ts";
import {
  decodeRoute,
  type HostAddress,
  lars,
  MessageId,
  parseAddress,
  type Route,
  toWireAddress,
} from "../../proto/mod.ts";
import { DnsLink } from "./dns_link.ts";

const [A, B] = ["10.0.0.1:80", "10.0.0.2:80"].map(parseAddress) as [
  HostAddress,
  HostAddress,
];

/** The routes a link makes of these answers of a dns. */
async function hear(
  answers: readonly lars.IGetRouteResponse[],
): Promise<Route[]> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const logger = loggerOf("test");
  const heard: Route[] = [];
  const answer = (connection: FramedConnection) => {
    for (const each of answers) {
      const body = lars.GetRouteResponse.encode(each).finish();
      connection.send(MessageId.getRouteResponse, body);
    }
  };
  const server = new TcpServer({
    transport: network.machine("10.0.0.1"),
    clock,
    logger,
    at: { hostname: "10.0.0.1", port: 7778 },
    random: () => 0,
    connectionsMax: 1,
    router: new MessageRouter().on(MessageId.getRouteRequest, answer),
  });
  const link = new DnsLink({
    transport: network.machine("10.0.0.9"),
    clock,
    random: () => 0,
    logger,
    addresses: [{ hostname: "10.0.0.1", port: 7778 }],
    onRoute: (_, body) => heard.push(decodeRoute(body)),
    onChange: (connected) => {
      if (connected) link.pull({ modId: 1, cmdId: 2 });
    },
    heartbeatKey: () => undefined,
  });
  const stop = new AbortController();
  const running = [server.run(stop.signal), link.run(stop.signal)];
  await clock.advance(10);
  stop.abort();
  await clock.advance(5_000);
  await Promise.all(running);
  return heard;
}

Deno.test("DnsLink hands on weights, zones and settings, and what is not said stays absent", async () => {
  const key = { modid: 1, cmdid: 2 };
  const routes = await hear([
    { ...key, host: [toWireAddress(A)] },
    {
      ...key,
      host: [{ ...toWireAddress(A), weight: 50, zone: "eu-1" }, {
        ...toWireAddress(B),
        weight: 10_000,
      }],
      policy: "adaptive",
      check: 2,
    },
    { ...key, host: [toWireAddress(A)], check: 1 },
  ]);
  assertEquals(routes, [
    { modId: 1, cmdId: 2, hosts: [A] },
    {
      modId: 1,
      cmdId: 2,
      hosts: [{ ...A, weight: 50, zone: "eu-1" }, { ...B, weight: 10_000 }],
      settings: { policy: "adaptive", check: false },
    },
    { modId: 1, cmdId: 2, hosts: [A], settings: { check: true } },
  ]);
});

Deno.test("DnsLink leaves out weights, zones and settings that cannot be, and keeps the hosts", async () => {
  const [route] = await hear([{
    modid: 1,
    cmdid: 2,
    host: [
      { ...toWireAddress(A), weight: 10_001, zone: "no zone" },
      { ...toWireAddress(B), weight: 0xffff_ffff, zone: "z".repeat(33) },
    ],
    policy: "a\nb",
    check: 3,
  }]);
  assertEquals(route, { modId: 1, cmdId: 2, hosts: [A, B] });
});
