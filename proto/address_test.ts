import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  addressKey,
  formatAddress,
  formatIp,
  fromWireAddress,
  isValidAddress,
  parseAddress,
  parseIp,
  toWireAddress,
} from "./mod.ts";

Deno.test("parseIp(), formatIp() and the wire agree on every row", () => {
  const table: [text: string, ip: number, wire: number][] = [
    ["0.0.0.0", 0, 0],
    ["0.0.0.1", 1, 1],
    ["127.0.0.1", 2_130_706_433, 2_130_706_433],
    ["127.255.255.255", 2_147_483_647, 2_147_483_647],
    ["128.0.0.0", 2_147_483_648, -2_147_483_648],
    ["192.168.1.177", 3_232_235_953, -1_062_731_343],
    ["255.255.255.255", 4_294_967_295, -1],
  ];
  for (const [text, ip, wire] of table) {
    assertEquals(parseIp(text), ip, text);
    assertEquals(formatIp(ip), text);
    assertEquals(formatIp(wire), text);
    assertEquals(toWireAddress({ ip, port: 7 }), { ip: wire, port: 7 });
    assertEquals(fromWireAddress({ ip: wire, port: 7 }), { ip, port: 7 });
  }
});

Deno.test("fromWireAddress() reads fields that were not sent as 0", () => {
  assertEquals(fromWireAddress({}), { ip: 0, port: 0 });
  assertEquals(fromWireAddress({ ip: null, port: 5 }), { ip: 0, port: 5 });
});

Deno.test("parseIp() refuses what is not four numbers from 0 to 255", () => {
  const table = [
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.-4",
    "1.2.3.",
    "1..3.4",
    " 1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.0x4",
    "1.2.3.1e2",
    "1.2.3.0004",
    "010.0.0.1",
    "1.2.3.01",
    "localhost",
    "::1",
  ];
  for (const text of table) {
    const error = assertThrows(() => parseIp(text), SyntaxError);
    assert(error.message.endsWith(`current value is "${text}"`), text);
  }
});

Deno.test("parseAddress() and formatAddress() turn each other around", () => {
  const table: [text: string, ip: number, port: number][] = [
    ["192.168.1.177:7777", 3_232_235_953, 7777],
    ["0.0.0.1:1", 1, 1],
    ["255.255.255.255:65535", 4_294_967_295, 65_535],
  ];
  for (const [text, ip, port] of table) {
    assertEquals(parseAddress(text), { ip, port });
    assertEquals(formatAddress({ ip, port }), text);
  }
});

Deno.test("parseAddress() tells bad form from a place where no host can be", () => {
  const table: [text: string, errorClass: new (message: string) => Error][] = [
    ["", SyntaxError],
    ["1.2.3.4", SyntaxError],
    ["1.2.3.4:", SyntaxError],
    ["1.2.3.4:port", SyntaxError],
    ["1.2.3.4:-1", SyntaxError],
    ["1.2.3.4: 1", SyntaxError],
    ["1.2.3.4:080", SyntaxError],
    ["1.2.3:80", SyntaxError],
    [":80", SyntaxError],
    ["1.2.3.4:5:80", SyntaxError],
    ["1.2.3.4:0", RangeError],
    ["1.2.3.4:65536", RangeError],
    ["1.2.3.4:655350", RangeError],
    ["0.0.0.0:80", RangeError],
  ];
  for (const [text, errorClass] of table) {
    assertThrows(() => parseAddress(text), errorClass, undefined, text);
  }
});

Deno.test("isValidAddress() holds to the limits of ip and port", () => {
  const table: [ip: number, port: number, valid: boolean][] = [
    [1, 1, true],
    [4_294_967_295, 65_535, true],
    [0, 1, false],
    [-1, 1, false],
    [4_294_967_296, 1, false],
    [1, 0, false],
    [1, -1, false],
    [1, 65_536, false],
    [1.5, 1, false],
    [1, 1.5, false],
    [NaN, 1, false],
  ];
  for (const [ip, port, valid] of table) {
    assertEquals(isValidAddress({ ip, port }), valid, `${ip}:${port}`);
  }
});

Deno.test("property: addresses have keys and texts of their own, and survive the wire", () => {
  const address = fc.record({
    ip: fc.integer({ min: 1, max: 4_294_967_295 }),
    port: fc.integer({ min: 1, max: 65_535 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(address, address, (a, b) => {
    assertEquals(parseAddress(formatAddress(a)), a);
    assertEquals(fromWireAddress(toWireAddress(a)), a);
    assert(Number.isSafeInteger(addressKey(a)));
    const same = a.ip === b.ip && a.port === b.port;
    assertEquals(addressKey(a) === addressKey(b), same);
  }));
});

Deno.test("addressKey() tells neighbours apart where ip and port carry over", () => {
  const keys = [
    { ip: 1, port: 65_535 },
    { ip: 2, port: 1 },
    { ip: 4_294_967_295, port: 65_534 },
    { ip: 4_294_967_295, port: 65_535 },
  ].map(addressKey);
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(keys.slice(0, 2), [131_071, 131_073]);
});
