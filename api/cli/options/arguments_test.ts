import { assertEquals, assertThrows } from "@std/assert";
import { InvalidArgumentError } from "commander";
import { agentConf, ConfigError, dnsConf } from "../../../conf/mod.ts";
import {
  integer,
  parseAgent,
  parseDuration,
  parseHost,
  parsePolicy,
  parseShare,
  parseStoreId,
  parseSwitch,
  parseWeight,
  parseWireId,
} from "./arguments.ts";

/** Texts that are no number for anyone, whatever they look like. */
const NO_NUMBERS = [
  "",
  " ",
  "-0",
  "+1",
  "01",
  "010",
  "0x10",
  "0o17",
  "1e3",
  "1_0",
  "1,0",
  "1 0",
  "'1'",
  '"1"',
  "\u0661",
  "\uff11",
  "one",
];

/** Such texts that a file cannot hold, or holds as another. */
const NO_ARGUMENTS = [...NO_NUMBERS, " 1", "1 ", "1\n", "1\r\n", "1\0"];

Deno.test("every option and argument that is a number refuses what is none", () => {
  const parsers = {
    parseWireId,
    parseStoreId,
    parseWeight,
    parseShare,
    count: integer({ min: 0, max: 10_000 }),
    port: (text: string) => parseHost(`10.0.0.1:${text}`),
    part: (text: string) => parseHost(`10.0.0.${text}:1`),
    agent: (text: string) => parseAgent(`10.0.0.1:${text}`),
  };
  for (const [name, parse] of Object.entries(parsers)) {
    for (const text of NO_ARGUMENTS) {
      assertEquals(read(parse, text), "refused", `${name} ${text}`);
    }
    assertEquals(read(parse, "4294967296"), "refused", name);
    assertEquals(read(parse, "18446744073709551617"), "refused", name);
    assertEquals(read(parse, "1") === "refused", false, name);
  }
});

Deno.test("every setting of a file that is a number refuses what is none", () => {
  const settings: [section: string, key: string][] = [
    ["loadbalance", "probe_num"],
    ["loadbalance", "err_rate"],
    ["loadbalance", "idle_timeout"],
  ];
  for (const [section, key] of settings) {
    for (const text of NO_NUMBERS.filter(isBare)) {
      const file = `[${section}]\n${key} = ${text}\n`;
      assertEquals(isRefused(() => agentConf.parse(file, "x")), true, file);
    }
  }
  for (const key of ["db_port", "db_connect_timeout_ms"]) {
    for (const text of [...NO_NUMBERS.filter(isBare), "4294967296"]) {
      const file = `[mysql]\n${key} = ${text}\n`;
      assertEquals(isRefused(() => dnsConf.parse(file, "x")), true, file);
    }
  }
});

Deno.test("words are taken as they are written", () => {
  for (const text of ["", "Adaptive", "adaptve", " adaptive", "lars\n"]) {
    assertEquals(read(parsePolicy, text), "refused", text);
  }
  for (const text of ["", "ON", "yes", "1", "on "]) {
    assertEquals(read(parseSwitch, text), "refused", text);
  }
  assertEquals(read(parseWeight, "0"), 0);
});

function read(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return "refused";
    throw error;
  }
}

function isRefused(body: () => unknown): boolean {
  try {
    body();
    return false;
  } catch (error) {
    if (error instanceof ConfigError) return true;
    throw error;
  }
}

/** Whether a file reads the text as it stands: quotes around a value are no part of it. */
function isBare(text: string): boolean {
  return !/^["']/.test(text);
}

Deno.test("parseDuration() takes a number and a unit, up to a year", () => {
  const taken = { "90s": 90, "30m": 1_800, "4h": 14_400, "2d": 172_800 };
  for (const [text, seconds] of Object.entries(taken)) {
    assertEquals(parseDuration(text), seconds);
  }
  for (const text of [...NO_NUMBERS, "4", "h", "0h", "367d", "4 h", "4H"]) {
    assertThrows(() => parseDuration(text), InvalidArgumentError, "such as 4h");
  }
});
