import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatEndpoint,
  formatIpv6,
  isHostname,
  parseEndpoint,
  parseIpv6,
  unmapIpv4,
} from "./mod.ts";

Deno.test("parseEndpoint() takes names and both families, with a port or without", () => {
  const table: [text: string, hostname: string, port?: number][] = [
    ["127.0.0.1:7778", "127.0.0.1", 7778],
    ["127.0.0.1", "127.0.0.1"],
    ["localhost:1", "localhost", 1],
    ["dns-1.lars.internal:65535", "dns-1.lars.internal", 65_535],
    ["my_host", "my_host"],
    ["[::1]:7778", "::1", 7778],
    ["[fd00::2]", "fd00::2"],
    ["::1", "::1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
  ];
  for (const [text, hostname, port] of table) {
    assertEquals(parseEndpoint(text), { hostname, port }, text);
  }
});

Deno.test("parseEndpoint() refuses what no socket can have", () => {
  const table = [
    "",
    ":7778",
    "[]:7778",
    "127.0.0.1:",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:x",
    "1.2.3:80",
    "300.1.1.1:80",
    "1.2.3.4.5",
    "0x7f000001:80",
    "host name:80",
    "-host:80",
    "host-:80",
    "a..b:80",
    "höst:80",
    "[127.0.0.1]:80",
    "[localhost]:80",
    "[::1",
    "::1]:80",
    "[::1]80",
    "[fe80::1%eth0]:80",
    "1:2:3:4:5:6:7:8:9",
    ":::1",
    "http://host:80",
    `${"a".repeat(64)}:80`,
    `${"a.".repeat(130)}com`,
  ];
  for (const text of table) assertEquals(parseEndpoint(text), undefined, text);
});

Deno.test("formatEndpoint() writes what parseEndpoint() reads", () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map(formatIpv6);
  const hostname = fc.oneof(ipv6, fc.ipV4(), fc.constant("localhost"));
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(fc.property(hostname, port, (hostname, port) => {
    const endpoint = { hostname, port };
    assertEquals(parseEndpoint(formatEndpoint(endpoint)), endpoint);
  }));
});

Deno.test("parseIpv6() and formatIpv6() agree", () => {
  const table: [text: string, groups: number[], canonical?: string][] = [
    ["::", [0, 0, 0, 0, 0, 0, 0, 0]],
    ["::1", [0, 0, 0, 0, 0, 0, 0, 1]],
    ["fd00::2", [0xfd00, 0, 0, 0, 0, 0, 0, 2]],
    ["1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["FD00:0:0::", [0xfd00, 0, 0, 0, 0, 0, 0, 0], "fd00::"],
    ["::1.2.3.4", [0, 0, 0, 0, 0, 0, 0x102, 0x304], "::102:304"],
  ];
  for (const [text, groups, canonical = text] of table) {
    assertEquals(parseIpv6(text), groups, text);
    assertEquals(formatIpv6(groups), canonical);
  }
});

Deno.test("unmapIpv4() gives the address of an IPv4 peer of a socket for both families", () => {
  assertEquals(unmapIpv4("::ffff:10.0.0.1"), "10.0.0.1");
  assertEquals(unmapIpv4("::ffff:ffff:ffff"), "255.255.255.255");
  for (const same of ["10.0.0.1", "::1", "::fffe:10.0.0.1", "localhost"]) {
    assertEquals(unmapIpv4(same), same);
  }
});

Deno.test("isHostname() takes a name with a dot at its end", () => {
  assertEquals(isHostname("dns.example."), true);
  assertEquals(isHostname("."), false);
});
