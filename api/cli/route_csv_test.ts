import { assertEquals, assertThrows } from "@std/assert";
import { parseIp } from "../../proto/mod.ts";
import { CSV_HEADER, formatRoute, parseRoutes } from "./route_csv.ts";

const ROW = { modId: 1, cmdId: 1, ip: parseIp("192.168.1.177"), port: 7777 };

Deno.test("parseRoutes() reads what formatRoute() writes", () => {
  const text = `${CSV_HEADER}\n${
    formatRoute({ modId: 1, cmdId: 1, hosts: [ROW, { ...ROW, port: 1 }] })
  }`;
  assertEquals(parseRoutes(text, "a.csv"), [ROW, { ...ROW, port: 1 }]);
  assertEquals(parseRoutes(CSV_HEADER, "a.csv"), []);
});

Deno.test("parseRoutes() reads what other programs write", () => {
  const texts = [
    "modid,cmdid,ip,port\r\n1,1,192.168.1.177,7777\r\n",
    "\ufeffmodid,cmdid,ip,port\n\n1,1,192.168.1.177,7777",
    ' ModID , CmdID ,IP,Port\n "1" ,"1", "192.168.1.177",7777 \n\n',
  ];
  for (const text of texts) assertEquals(parseRoutes(text, "a.csv"), [ROW]);
});

Deno.test("parseRoutes() names file and line of what is wrong", () => {
  const cases: [string, string][] = [
    ["", "line 1 must be the header"],
    ["\n\n", "line 1 must be the header"],
    ["1,1,192.168.1.177,7777", "line 1 must be the header"],
    ...[
      "x,1,192.168.1.177,7777",
      "-1,1,192.168.1.177,7777",
      "2147483648,1,192.168.1.177,7777",
      "1,1e3,192.168.1.177,7777",
      "1,1,192.168.1.256,7777",
      "1,1,0.0.0.0,7777",
      "1,1,192.168.1.177,0",
      "1,1,192.168.1.177,65536",
      "1,1,192.168.1.177",
      "1,1,192.168.1.177,7777,1",
      "1,,192.168.1.177,7777",
    ].map((line): [string, string] => [
      `${CSV_HEADER}\n\n1,1,10.0.0.1,1\n${line}\n`,
      `Cannot import "a.csv" as line 4 must hold ${CSV_HEADER}, such as 1,1,192.168.1.177,7777: current line is "${line}"`,
    ]),
  ];
  for (const [text, message] of cases) {
    assertThrows(() => parseRoutes(text, "a.csv"), SyntaxError, message);
  }
});
