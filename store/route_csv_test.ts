import { assertEquals, assertThrows } from "@std/assert";
import { parseIp } from "../proto/mod.ts";
import {
  CSV_HEADER,
  CSV_HEADER_FULL,
  formatRouteCsv,
  parseRouteCsv,
} from "./route_csv.ts";

const FILE = { file: "a.csv" };
const ROW = { modId: 1, cmdId: 1, ip: parseIp("192.168.1.177"), port: 7777 };

Deno.test("parseRouteCsv() reads what formatRouteCsv() writes", () => {
  const text = `${CSV_HEADER}\n${
    formatRouteCsv({ modId: 1, cmdId: 1, hosts: [ROW, { ...ROW, port: 1 }] }, {
      full: false,
    })
  }`;
  assertEquals(parseRouteCsv(text, FILE), [ROW, { ...ROW, port: 1 }]);
  assertEquals(parseRouteCsv(CSV_HEADER, FILE), []);
});

Deno.test("parseRouteCsv() reads weights, zones and settings that formatRouteCsv() writes", () => {
  const { modId, cmdId, ip } = ROW;
  const text = `${CSV_HEADER_FULL}\n${
    formatRouteCsv({
      modId,
      cmdId,
      hosts: [{ ip, port: 1, weight: 50, zone: "eu-1" }, { ip, port: 2 }],
      settings: { policy: "adaptive", check: false },
    }, { full: true })
  }${
    formatRouteCsv({ modId, cmdId: 2, hosts: [{ ip, port: 3 }] }, {
      full: true,
    })
  }`;
  assertEquals(
    text,
    "modid,cmdid,ip,port,weight,zone,policy,check\n" +
      "1,1,192.168.1.177,1,50,eu-1,adaptive,off\n" +
      "1,1,192.168.1.177,2,,,adaptive,off\n" +
      "1,2,192.168.1.177,3,,,,\n",
  );
  const settings = { policy: "adaptive", check: false };
  assertEquals(parseRouteCsv(text, FILE), [
    { modId, cmdId, ip, port: 1, weight: 50, zone: "eu-1", ...settings },
    { modId, cmdId, ip, port: 2, ...settings },
    { modId, cmdId: 2, ip, port: 3 },
  ]);
});

Deno.test("parseRouteCsv() reads any of the further columns, in any order, and refuses what cannot be", () => {
  assertEquals(
    parseRouteCsv(
      'modid,cmdid,ip,port, Zone ,weight\n1,1,192.168.1.177,7777,"eu-1",50\n',
      FILE,
    ),
    [{ ...ROW, weight: 50, zone: "eu-1" }],
  );
  for (const more of ["weight,weight", "colour", "weight,"]) {
    assertThrows(
      () => parseRouteCsv(`${CSV_HEADER},${more}\n`, FILE),
      SyntaxError,
      "line 1 must be the header",
    );
  }
  for (
    const more of [
      "x,,,",
      "10001,,,",
      "-1,,,",
      "050,,,",
      "1.5,,,",
      ",a b,,",
      `,${"z".repeat(33)},,`,
      ",,a;b,",
      ",,,yes",
      ",,",
      ",,,,",
    ]
  ) {
    const line = `1,1,192.168.1.177,7777,${more}`;
    assertThrows(
      () => parseRouteCsv(`${CSV_HEADER_FULL}\n${line}`, FILE),
      SyntaxError,
      `line 2 must hold ${CSV_HEADER_FULL}, such as 1,1,192.168.1.177,7777,100,eu-1,lars,on: current line is "${line}"`,
    );
  }
});

Deno.test("parseRouteCsv() reads what other programs write", () => {
  const texts = [
    "modid,cmdid,ip,port\r\n1,1,192.168.1.177,7777\r\n",
    "\ufeffmodid,cmdid,ip,port\n\n1,1,192.168.1.177,7777",
    ' ModID , CmdID ,IP,Port\n "1" ,"1", "192.168.1.177",7777 \n\n',
    "modid,cmdid,ip,port\r1,1,192.168.1.177,7777\r",
    "\ufeffmodid;cmdid;ip;port\r\n1;1;192.168.1.177;7777\r\n",
    "port;ip;cmdid;modid\n7777;192.168.1.177;1;1",
    // As a client of MySQL writes the table.
    "id,modid,cmdid,serverip,serverport\n17,1,1,3232235953,7777\n",
    '"id";"modid";"cmdid";"serverip";"serverport"\r"17";"1";"1";"3232235953";"7777"\r',
    "modid,cmdid,serverip,serverport\n1,1,192.168.1.177,7777\n",
  ];
  for (const text of texts) assertEquals(parseRouteCsv(text, FILE), [ROW]);
});

Deno.test("parseRouteCsv() names file and line of what is wrong", () => {
  const cases: [string, string][] = [
    ["", "line 1 must be the header"],
    ["\n\n", "line 1 must be the header"],
    ["1,1,192.168.1.177,7777", "line 1 must be the header"],
    [
      "id,modid,cmdid,serverip,serverport\n1,1,1,4294967296,7777",
      "line 2 must hold id,modid,cmdid,serverip,serverport, such as 1,1,1,3232235953,7777",
    ],
    ["id,modid,cmdid,serverip\n", "line 1 must be the header"],
    ["modid,cmdid,ip,serverip,port\n", "line 1 must be the header"],
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
      "01,1,192.168.1.177,7777",
      "+1,1,192.168.1.177,7777",
      "1,1,192.168.001.177,7777",
      "1,1,3232235953,7777",
      "1;1;192.168.1.177;7777",
    ].map((line): [string, string] => [
      `${CSV_HEADER}\n\n1,1,10.0.0.1,1\n${line}\n`,
      `Cannot import "a.csv" as line 4 must hold ${CSV_HEADER}, such as 1,1,192.168.1.177,7777: current line is "${line}"`,
    ]),
  ];
  for (const [text, message] of cases) {
    assertThrows(() => parseRouteCsv(text, FILE), SyntaxError, message);
  }
});

Deno.test("parseRouteCsv() names the field that is wrong, and its limits", () => {
  const id = "must be an integer from 0 to 2147483647: current value is";
  const port = "must be an integer from 1 to 65535: current value is";
  const ip = "must be an IPv4 address, not 0.0.0.0";
  const name = 'must be 1 to 32 letters, digits, ".", "_" and "-", or empty';
  const table = [
    ["modid", "-1", id],
    ["modid", "2147483648", id],
    ["modid", "x", id],
    ["cmdid", "-1", id],
    ["cmdid", "2147483648", id],
    ["ip", "0.0.0.0", `${ip}: current value is`],
    ["ip", "3232235953", `${ip}: current value is`],
    ["serverip", "0", `${ip}, or its number from 1 to 4294967295: current`],
    ["serverip", "4294967296", `${ip}, or its number from 1 to 4294967295:`],
    ["port", "0", port],
    ["port", "65536", port],
    ["serverport", "-1", port],
    ["weight", "10001", "must be an integer from 0 to 10000, or empty:"],
    ["zone", "a b", `${name}: current value is`],
    ["policy", "a b", `${name}: current value is`],
    ["check", "yes", "must be on, off or empty: current value is"],
  ] as const;
  const values = {
    modid: "1",
    cmdid: "1",
    ip: "10.0.0.1",
    port: "1",
  };
  for (const [column, field, limits] of table) {
    const row = new Map(Object.entries(values));
    // "serverip" and "serverport" stand for "ip" and "port".
    row.delete(column.replace("server", ""));
    row.set(column, field);
    assertThrows(
      () => parseRouteCsv(`${[...row.keys()]}\n${[...row.values()]}\n`, FILE),
      SyntaxError,
      `, and its ${column} ${limits}`,
    );
  }
});
