import { assertEquals } from "@std/assert";
import {
  DATAGRAM_BYTES_MAX,
  formatAddress,
  lars,
  parseAddress,
  toWireAddress,
} from "../../proto/mod.ts";
import { fromHex, ShardFixture } from "../testing/shard_fixture.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

function hex(answer: Uint8Array | number): string | number {
  if (typeof answer === "number") return answer;
  return Array.from(answer, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

// Frames of /work/shared/vectors.json, made by Google's encoder.
const GET_HOST_1_1 = "0400000006000000080710011801";
const GET_HOST_EMPTY_BODY = "0400000000000000";
const GET_HOST_LARGEST = "040000000f00000008ffffffff0f10ffffffff0718ac02";
const GET_HOST_NEGATIVE =
  "0400000018000000080110ffffffffffffffffff011880808080f8ffffffff01";
const REPORT_SUCCESS =
  "0600000014000000080110011a0e08b183a085fcffffffff0110e13c";
const REPORT_FAILURE =
  "0600000016000000080110011a0e08b183a085fcffffffff0110e13c2001";
const GET_ROUTE_1_2 = "070000000400000008011002";
/** A shard that knows the routes of the vectors. */
function vectorFixture(): ShardFixture {
  const fixture = new ShardFixture();
  fixture.update("1/1", "192.168.1.177:7777");
  fixture.update("1/2", "127.0.0.1:65535");
  return fixture;
}

// Sentence, request, answer: where a vector has the answer, it is that.
const ANSWERS: [string, string, string | number][] = [
  [
    "a known route: return code 0, which is absent, and the host",
    GET_HOST_1_1,
    "05000000160000000807100118012a0e08b183a085fcffffffff0110e13c",
  ],
  [
    "an unknown route: return code 3 and no host",
    "0400000006000000080910051805",
    "05000000080000000809100518052003",
  ],
  [
    "an empty body: route 0/0 with seq 0",
    GET_HOST_EMPTY_BODY,
    "05000000020000002003",
  ],
  [
    "the largest ids",
    GET_HOST_LARGEST,
    "050000001100000008ffffffff0f10ffffffff0718ac022003",
  ],
  [
    "negative ids: no such route",
    GET_HOST_NEGATIVE,
    "050000001a000000080110ffffffffffffffffff011880808080f8ffffffff012003",
  ],
  ["a report: nothing", REPORT_SUCCESS, 0],
  [
    "getRoute: every host",
    GET_ROUTE_1_2,
    "0800000010000000080110021a0a08818080f80710ffff03",
  ],
  [
    "getRoute of an unknown route: no host",
    "070000000400000008091009",
    "080000000400000008091009",
  ],
  [
    "getRoute of negative ids: no host",
    "070000000b00000008ffffffffffffffffff01",
    "080000000b00000008ffffffffffffffffff01",
  ],
];

for (const [sentence, request, answer] of ANSWERS) {
  Deno.test(`ShardDatagrams.handle() answers ${sentence}`, () => {
    assertEquals(hex(vectorFixture().send(fromHex(request))), answer);
  });
}

Deno.test("ShardDatagrams.handle() answers return code 1 without a host when all are overloaded", () => {
  const fixture = vectorFixture();
  for (let count = 0; count < 15; count++) {
    assertEquals(fixture.send(fromHex(REPORT_FAILURE)), 0);
  }
  assertEquals(
    hex(fixture.send(fromHex("0400000006000000080810011801"))),
    "05000000080000000808100118012001",
  );
  assertEquals(fixture.shard.counters.overloaded, 1);
});

const ANY_BAD: [string, string][] = [
  ["nothing", ""],
  ["less than a header", "04000000060000"],
  ["a body that is cut", GET_HOST_1_1.slice(0, -2)],
  ["a body that is too long", GET_HOST_1_1 + "00"],
  ["a negative length", "04000000ffffffff"],
  ["id 0", "0000000000000000"],
  ["the id of an answer", "0500000000000000"],
  ["the id of a pull", "010000000400000008011001"],
  ["a negative id", "ffffffff00000000"],
  ["a varint without end", "0400000002000000" + "0880"],
  ["a varint of eleven bytes", "040000000c00000008" + "ff".repeat(11)],
  ["a host that is cut", "0600000004000000" + "1a0e08b1"],
  ["a report that is cut", "0600000001000000" + "08"],
  ["a getRoute that is cut", "0700000001000000" + "08"],
  ["a wire type that is none", "0400000001000000" + "0f"],
];

for (const [what, datagram] of ANY_BAD) {
  Deno.test(`ShardDatagrams.handle() counts and drops ${what}`, () => {
    const fixture = new ShardFixture();
    assertEquals(fixture.send(fromHex(datagram)), 0);
    const { badDatagrams, requests, reports, routeRequests } =
      fixture.shard.counters;
    assertEquals(
      { badDatagrams, requests, reports, routeRequests },
      { badDatagrams: 1, requests: 0, reports: 0, routeRequests: 0 },
    );
    assertEquals(fixture.takePulls(), "");
  });
}

Deno.test("ShardDatagrams.handle() forwards a datagram for a route of another shard, and touches nothing", () => {
  // (1 + 1) mod 3 is 2, (1 + 2) mod 3 is 0; negative ids belong to whoever is asked.
  const fixture = new ShardFixture({ index: 1, shards: 3 });
  const sent = [GET_HOST_1_1, REPORT_SUCCESS, GET_ROUTE_1_2];
  for (const datagram of sent) {
    assertEquals(fixture.send(fromHex(datagram)), 0);
  }
  assertEquals(fixture.forwarded, [
    `2 ${GET_HOST_1_1}`,
    `2 ${REPORT_SUCCESS}`,
    `0 ${GET_ROUTE_1_2}`,
  ]);
  assertEquals(
    hex(fixture.send(fromHex(GET_HOST_NEGATIVE))),
    "050000001a000000080110ffffffffffffffffff011880808080f8ffffffff012003",
  );
  assertEquals(fixture.getHost("2/2"), 3);
  const { requests, reports, routeRequests } = fixture.shard.counters;
  assertEquals([requests, reports, routeRequests], [2, 0, 0]);
  assertEquals(fixture.takePulls(), "2/2");
});

Deno.test("ShardDatagrams.handle() counts each outcome of getHost", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A);
  fixture.getHost("1/1");
  fixture.getHost("1/2");
  fixture.report("1/1", A, "-".repeat(15));
  for (let count = 0; count < 11; count++) fixture.getHost("1/1");
  const { requests, found, noRoute, overloaded } = fixture.shard.counters;
  assertEquals({ requests, found, noRoute, overloaded }, {
    requests: 13,
    found: 2,
    noRoute: 1,
    overloaded: 10,
  });
});

Deno.test("ShardDatagrams.handle() says which hosts are overloaded only to those who ask", () => {
  const fixture = new ShardFixture();
  fixture.update("1/1", A, B);
  fixture.report("1/1", B, "-".repeat(15));
  assertEquals(fixture.getRoute("1/1"), [A, B]);
  assertEquals(fixture.getRoute("1/1", true), [A, `${B}!`]);
});

Deno.test("ShardDatagrams.handle() writes no state field for an idle host, even when asked", () => {
  assertEquals(
    hex(vectorFixture().send(fromHex("070000000700000008011002800101"))),
    "0800000010000000080110021a0a08818080f80710ffff03",
  );
});

// 65,507 less the header is 65,499; less four bytes for modid and cmdid 65,495.
// ip 10.x: 1 + 4 bytes; port 80: 2; port 60,000: 1 + 3; tag and length: 2.
const CUTS: [string, number, number, number, number][] = [
  ["5,000 hosts of 11 bytes fit", 5_000, 60_000, 5_000, 55_012],
  ["5,955 hosts of 11 bytes cut to 5,954", 5_955, 60_000, 5_954, 65_506],
  ["5,954 hosts of 11 bytes fit", 5_954, 60_000, 5_954, 65_506],
  ["hosts of 9 bytes", 9_000, 80, 7_277, 65_505],
];

for (const [sentence, count, port, expected, length] of CUTS) {
  Deno.test(`ShardDatagrams.handle() answers getRoute with as many hosts as fit: ${sentence}`, () => {
    const fixture = new ShardFixture();
    const hosts = Array.from(
      { length: count },
      (_, index) => ({ ip: 167_772_161 + index, port }),
    );
    fixture.shard.update({ modId: 1, cmdId: 2, hosts }, 0);
    const answer = fixture.send(fromHex(GET_ROUTE_1_2));
    assertEquals(typeof answer === "number" ? answer : answer.length, length);
    assertEquals(fixture.getRoute("1/2").length, expected);
    assertEquals(
      fixture.shard.counters.cutAnswers,
      expected < count ? 2 : 0,
    );
  });
}

Deno.test("ShardDatagrams.handle() fits hosts of every length, with and without state", () => {
  const addresses = [
    "0.0.0.1:1",
    "0.1.0.0:128",
    "127.0.0.1:16384",
    "200.1.1.1:7",
  ];
  for (const address of addresses) {
    for (const overload of [false, true]) {
      // One failure makes a host overloaded.
      const fixture = new ShardFixture({ settings: { errorRate: 0 } });
      const { ip, port } = parseAddress(address);
      const hosts = Array.from(
        { length: 10_000 },
        (_, index) => ({ ip: ip + index, port }),
      );
      fixture.shard.update({ modId: 300, cmdId: 0, hosts }, 0);
      if (overload) {
        for (const host of hosts) {
          fixture.report("300/0", formatAddress(host), "-");
        }
      }
      const count = fixture.getRoute("300/0", true).length;
      const bodyBytes = (count: number) =>
        lars.GetRouteResponse.encode({
          modid: 300,
          host: hosts.slice(0, count)
            .map((host) => ({ ...toWireAddress(host), overload })),
        }).finish().length;
      assertEquals(bodyBytes(count) <= DATAGRAM_BYTES_MAX - 8, true);
      assertEquals(bodyBytes(count + 1) > DATAGRAM_BYTES_MAX - 8, true);
      assertEquals(fixture.shard.counters.cutAnswers, 1);
    }
  }
});

Deno.test("ShardDatagrams.handle() serves a route of 5,000 hosts in turn", () => {
  const fixture = new ShardFixture();
  const hosts = Array.from(
    { length: 5_000 },
    (_, index) => `10.0.${index >> 8}.${(index & 255)}:80`,
  );
  fixture.update("1/1", ...hosts);
  for (const host of hosts) assertEquals(fixture.getHost("1/1"), host);
});
