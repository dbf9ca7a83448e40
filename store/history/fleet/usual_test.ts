import { assertEquals } from "@std/assert";
import { excessOf, failingSince, isFailing, usualShare } from "./usual.ts";

/** Periods in which a share of 100 calls fails. */
function periods(...shares: number[]) {
  return shares.map((share) => ({ calls: 100, failed: share * 100 }));
}

Deno.test("isFailing() tells more failures than usual from chance, for few calls and for many", () => {
  const cases: [
    calls: number,
    failed: number,
    usual: number | undefined,
    expected: boolean,
  ][] = [
    [0, 0, undefined, false],
    [50_400, 0, undefined, false],
    // One or two failures are nothing, whatever else is known.
    [1, 1, undefined, false],
    [2, 2, 0, false],
    // Three of three are no chance, unless that is usual.
    [3, 3, undefined, true],
    // Where the usual is not known, 1 % is none.
    [20_000, 57, undefined, false],
    [20_000, 57, 0, true],
    [20_000, 400, undefined, true],
    [3, 3, 0.001, true],
    [1_000, 4, 0, false],
    [1_000, 10, 0, true],
    // At 5 expected, 12 happen once in 180 such minutes.
    [50_400, 12, 0.000_1, false],
    [50_400, 30, 0.000_1, true],
    // Sure, but no news: 1.1 % where 1 % is usual.
    [1_000_000, 11_000, 0.01, false],
    [1_000_000, 16_000, 0.01, true],
    // What fails always is a problem too.
    [1_000, 900, 0.9, true],
    [1_000, 90, 0.09, false],
  ];
  for (const [calls, failed, usual, expected] of cases) {
    assertEquals(
      isFailing({ calls, failed }, usual),
      expected,
      `${failed} of ${calls}, usually ${usual}`,
    );
  }
});

Deno.test("usualShare() is the median of hours, of minutes where hours are few, and unknown where both are", () => {
  const cases: [
    minutes: number[],
    hours: number[],
    expected: number | undefined,
  ][] = [
    [[], [], undefined],
    [[0.1, 0.1, 0.1, 0.1], [0.1], undefined],
    [[0, 0.1, 0.2, 0.3, 0.9], [], 0.2],
    [[0, 0.1, 0.2, 0.3], [0, 0, 0, 0, 0], undefined],
    // Two hours of failures do not become usual.
    [[0.5, 0.5, 0.5, 0.5, 0.5], [0.01, 0.01, 0.01, 0.01, 0.5, 0.5], 0.01],
    [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [], 0.35],
  ];
  for (const [minutes, hours, expected] of cases) {
    assertEquals(
      usualShare({ minutes: periods(...minutes), hours: periods(...hours) }),
      expected,
    );
  }
  const silent = { calls: 0, failed: 0 };
  assertEquals(
    usualShare({
      minutes: [...periods(0.2, 0.2, 0.2, 0.2), silent],
      hours: [],
    }),
    undefined,
  );
});

Deno.test("excessOf() is what fails beyond the usual, which is a tenth at most", () => {
  assertEquals(excessOf({ calls: 100, failed: 30 }, 0), 30);
  assertEquals(excessOf({ calls: 100, failed: 30 }, undefined), 29);
  assertEquals(excessOf({ calls: 100, failed: 30 }, 0.05), 25);
  assertEquals(excessOf({ calls: 100, failed: 3 }, 0.05), 0);
  assertEquals(excessOf({ calls: 100, failed: 90 }, 0.9), 80);
});

Deno.test("failingSince() goes back over short pauses, to the first failing minute", () => {
  const at = (period: number, failed: number) => ({
    period,
    calls: 100,
    failed,
  });
  const cases: [ReturnType<typeof at>[], number | undefined][] = [
    [[], undefined],
    [[at(1, 0), at(2, 0)], undefined],
    [[at(1, 0), at(2, 50), at(3, 50)], 2],
    // The newest minute has only begun.
    [[at(1, 0), at(2, 50), at(3, 0)], 2],
    [[at(1, 50), at(2, 0), at(3, 0), at(4, 50)], 1],
    [[at(1, 50), at(2, 0), at(3, 0), at(4, 0), at(5, 50)], 5],
    // Minutes without calls are not there.
    [[at(1, 50), at(4, 50)], 1],
    [[at(1, 50), at(9, 50)], 9],
  ];
  for (const [minutes, expected] of cases) {
    assertEquals(failingSince(minutes, 0), expected);
  }
});
