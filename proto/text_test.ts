import { assertEquals } from "@std/assert";
import {
  isIp,
  parseAddress,
  parseDecimal,
  parseEndpoint,
  parseWhole,
  wrongPath,
} from "./mod.ts";

/** A text, and what each parser reads from it; undefined: it refuses it. */
type NumberRow = [text: string, whole?: number | undefined, decimal?: number];

const NUMBERS: NumberRow[] = [
  ["0", 0, 0],
  ["1", 1, 1],
  ["-1", -1, -1],
  ["2147483647", 2_147_483_647, 2_147_483_647],
  ["2147483648", 2_147_483_648, 2_147_483_648],
  ["4294967295", 4_294_967_295, 4_294_967_295],
  ["4294967296", 4_294_967_296, 4_294_967_296],
  ["9007199254740991", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["9007199254740992", undefined, 2 ** 53],
  ["12345678901234567"],
  ["18446744073709551616"],
  ["1.5", undefined, 1.5],
  [".5", undefined, 0.5],
  ["1.", undefined, 1],
  ["0.50", undefined, 0.5],
  ["-0.5", undefined, -0.5],
  ["."],
  ["1.5.2"],
  [""],
  [" "],
  ["-"],
  ["-0"],
  ["-0.0"],
  ["+1"],
  ["01"],
  ["00"],
  ["010"],
  ["-01"],
  ["0x10"],
  ["0o17"],
  ["0b1"],
  ["1e3"],
  ["1E3"],
  ["1_000"],
  ["1,000"],
  ["1,5"],
  ["1 000"],
  [" 1"],
  ["1 "],
  ["1\n"],
  ["1\r"],
  ["1\0"],
  ["'1'"],
  ['"1"'],
  ["\u0661"],
  ["\uff11"],
  ["\u2212" + "1"],
  ["1\u00a0"],
  ["\ufeff1"],
  ["1n"],
  ["NaN"],
  ["Infinity"],
  ["true"],
  ["one"],
];

Deno.test("parseWhole() and parseDecimal() agree on what a number is", () => {
  for (const [text, whole, decimal] of NUMBERS) {
    const read = [parseWhole(text), parseDecimal(text)];
    assertEquals(read, [whole, decimal], JSON.stringify(text));
  }
});

Deno.test("ports and parts of addresses are numbers of that kind", () => {
  for (const [text, whole = -1] of NUMBERS) {
    const shown = JSON.stringify(text);
    const isPort = whole >= 1 && whole <= 65_535;
    assertEquals(parses(`10.0.0.1:${text}`), isPort, shown);
    assertEquals(
      parseEndpoint(`localhost:${text}`)?.port,
      isPort ? whole : undefined,
      shown,
    );
    assertEquals(isIp(`10.0.0.${text}`), whole >= 0 && whole <= 255, shown);
  }
});

function parses(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("wrongPath() refuses what names a file that is hardly meant", () => {
  const wrong: [path: string, why: string][] = [
    ["", "not be empty"],
    ["a\n", "no control character"],
    ["a\0b", "no control character"],
    [" a", "begin or end with a blank"],
    ["a\u00a0", "begin or end with a blank"],
    ["~/a", 'begin with "~"'],
    ["~lars", 'begin with "~"'],
    ["'/etc/lars'", "stand in quotes"],
    ['"/etc/lars"', "stand in quotes"],
  ];
  for (const [path, why] of wrong) {
    const said = wrongPath(path) ?? "";
    assertEquals(said.includes(why), true, `${JSON.stringify(path)}: ${said}`);
  }
  for (
    const path of ["a", "-", "/a b/c", "./~", "a~", "ü/雪", "it's", "a,b;c"]
  ) {
    assertEquals(wrongPath(path), undefined, path);
  }
});
