import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import * as assertions from "@std/assert";

// These pass with the package of tasks/jsr/ and with the real one alike: run them
// with and without "links" in deno.json.

class Point {
  constructor(readonly x: number) {}
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const EQUAL: [a: unknown, b: unknown, equal: boolean][] = [
  [1, 1, true],
  [NaN, NaN, true],
  [0, -0, true],
  [1, "1", false],
  [null, undefined, false],
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: undefined }, {}, false],
  [{ a: undefined }, { b: undefined }, false],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
  [new Point(1), new Point(1), true],
  [new Point(1), { x: 1 }, false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2]), true],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
  [new Uint8Array([1]), [1], false],
  [new Uint8Array([1, 2, 3]).subarray(1), new Uint8Array([2, 3]), true],
  [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]]), true],
  [new Map([[1, 1]]), new Map([[1, 2]]), false],
  [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]]), true],
  [new Set([1, 2]), new Set([2, 1]), true],
  [new Set([1]), new Set([2]), false],
  [new Set([{ a: 1 }]), new Set([{ a: 1 }]), true],
  [new Date(1), new Date(1), true],
  [new Date(1), new Date(2), false],
  [/a/g, /a/g, true],
  [/a/g, /a/, false],
  [cycle, cycle, true],
];

/** What 1.0.19 exports, types aside. */
const EXPORTS = [
  ...["assert", "assertAlmostEquals", "assertArrayIncludes", "assertEquals"],
  ...["assertExists", "assertFalse", "assertGreater", "assertGreaterOrEqual"],
  ...["assertInstanceOf", "assertIsError", "assertLess", "assertLessOrEqual"],
  ...["assertMatch", "assertNotEquals", "assertNotInstanceOf"],
  ...["assertNotMatch", "assertNotStrictEquals", "assertObjectMatch"],
  ...["assertRejects", "assertStrictEquals", "assertStringIncludes"],
  ...["assertThrows", "AssertionError", "equal", "fail", "unimplemented"],
  "unreachable",
];

Deno.test("@std/assert exports nothing that 1.0.19 does not", () => {
  const unknown = Object.keys(assertions).filter((name) =>
    !EXPORTS.includes(name)
  );
  assertEquals(unknown, []);
});

Deno.test("assertEquals() and assertNotEquals() compare by structure", () => {
  for (const [index, [a, b, equal]] of EQUAL.entries()) {
    const threw = [assertEquals, assertNotEquals].map((compare) =>
      throws(() => compare(a, b)) && throws(() => compare(b, a))
    );
    // Not with assertEquals: it is what is tested.
    if (threw[0] !== !equal || threw[1] !== equal) {
      throw new Error(`row ${index} of EQUAL is judged wrong`);
    }
  }
});

Deno.test("each assertion passes what holds and throws AssertionError for the rest", () => {
  const array = [1, { a: 1 }];
  const table: [holds: () => unknown, breaks: () => unknown][] = [
    [() => assert(1), () => assert(0)],
    [() => assertFalse(0), () => assertFalse(1)],
    [() => assertExists(0), () => assertExists(null)],
    [() => assertStrictEquals(array, array), () => assertStrictEquals([], [])],
    [() => assertStrictEquals(NaN, NaN), () => assertStrictEquals(0, -0)],
    [() => assertMatch("abc", /b/), () => assertMatch("abc", /d/)],
    [
      () => assertStringIncludes("abc", "bc"),
      () => assertStringIncludes("abc", "ac"),
    ],
    [
      () => assertArrayIncludes(array, [{ a: 1 }]),
      () => assertArrayIncludes(array, [{ a: 2 }]),
    ],
    [
      () => assertAlmostEquals(0.1 + 0.2, 0.3),
      () => assertAlmostEquals(0.3, 0.31),
    ],
    [
      () => assertAlmostEquals(1, 1.5, 0.5),
      () => assertAlmostEquals(1, 1.6, 0.5),
    ],
    [() => assertGreater(2, 1), () => assertGreater(1, 1)],
    [() => assertGreaterOrEqual(1, 1), () => assertGreaterOrEqual(0, 1)],
    [() => assertLess(1, 2), () => assertLess(1, 1)],
    [() => assertLessOrEqual(1, 1), () => assertLessOrEqual(2, 1)],
    [
      () => assertInstanceOf(new Point(1), Point),
      () => assertInstanceOf({}, Point),
    ],
    [
      () => assertObjectMatch({ a: { b: 1, c: 2 } }, { a: { b: 1 } }),
      () => assertObjectMatch({ a: { b: 1 } }, { a: { b: 1, c: 2 } }),
    ],
    [
      () => assertObjectMatch({ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }),
      () => assertObjectMatch({ a: [1, 2] }, { a: [1, 3] }),
    ],
    [() => {}, () => fail("here")],
    [() => {}, () => unreachable()],
  ];
  for (const [index, [holds, breaks]] of table.entries()) {
    holds();
    if (!throws(breaks)) throw new Error(`row ${index} should have thrown`);
  }
});

Deno.test("assertThrows() returns the error, and insists on class and message", () => {
  const bad = () => {
    throw new RangeError("too far");
  };
  const error: RangeError = assertThrows(bad, RangeError, "far");
  assertEquals(error.message, "too far");
  assertEquals(throws(() => assertThrows(() => {})), true);
  assertEquals(throws(() => assertThrows(bad, TypeError)), true);
  assertEquals(throws(() => assertThrows(bad, RangeError, "near")), true);
});

Deno.test("assertRejects() resolves with the error, and insists on a rejection", async () => {
  const bad = () => Promise.reject(new RangeError("too far"));
  const error: RangeError = await assertRejects(bad, RangeError, "far");
  assertEquals(error.message, "too far");
  await assertRejects(
    () => assertRejects(() => Promise.resolve()),
    AssertionError,
  );
  await assertRejects(() => assertRejects(bad, TypeError), AssertionError);
  await assertRejects(
    () => assertRejects(bad, RangeError, "near"),
    AssertionError,
  );
  const atOnce = () => {
    throw new RangeError("too far");
  };
  await assertRejects(() => assertRejects(atOnce), AssertionError);
});

function throws(fn: () => unknown): boolean {
  try {
    fn();
    return false;
  } catch (error) {
    if (error instanceof AssertionError) return true;
    throw error;
  }
}
