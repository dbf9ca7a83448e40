import { assertEquals, assertMatch } from "@std/assert";
import { parseIp } from "../../proto/mod.ts";
import {
  beyondLoopback,
  LOOPBACK,
  Networks,
  plainAddress,
  wrongHost,
} from "./networks.ts";

Deno.test("Networks.has() finds addresses of either family", () => {
  const networks = new Networks(["10.0.0.0/8", "192.168.1.7", "fd00::/8"]);
  const rows = [
    ["10.1.2.3", true],
    ["11.1.2.3", false],
    ["192.168.1.7", true],
    ["192.168.1.8", false],
    ["fd12::1", true],
    ["fe80::1", false],
    ["::ffff:10.1.2.3", true],
    ["localhost", false],
  ] as const;
  for (const [address, isIn] of rows) {
    assertEquals(networks.has(address), isIn, address);
  }
  assertEquals(new Networks([]).has("127.0.0.1"), false);
  const loopback = new Networks(LOOPBACK);
  assertEquals(["127.0.0.9", "::1"].map((each) => loopback.has(each)), [
    true,
    true,
  ]);
});

Deno.test("plainAddress() shows IPv4 as such", () => {
  const shown = ["::ffff:10.0.0.1", "10.0.0.1", "::1", "::ffff:1"]
    .map(plainAddress);
  assertEquals(shown, ["10.0.0.1", "10.0.0.1", "::1", "::ffff:1"]);
});

Deno.test("beyondLoopback() finds networks that hold more than this machine", () => {
  const own = ["127.0.0.0/8", "127.1.0.0/16", "127.0.0.1", "::1", "::1/128"];
  const far = ["127.0.0.0/7", "10.0.0.0/8", "0.0.0.0/0", "::/0", "::1/64"];
  assertEquals(beyondLoopback([...own, ...far]), far);
});

Deno.test("wrongHost() refuses what no host can have, and loopback from afar", () => {
  for (const ip of ["0.0.0.7", "224.0.0.1", "255.255.255.255"]) {
    assertMatch(wrongHost(parseIp(ip), "127.0.0.1") ?? "", /can have/);
  }
  assertMatch(wrongHost(parseIp("127.0.0.1"), "10.0.0.1") ?? "", /loopback/);
  assertEquals(wrongHost(parseIp("127.0.0.1"), "127.0.0.1"), undefined);
  assertEquals(wrongHost(parseIp("10.0.0.9"), "10.0.0.1"), undefined);
});
