import { AssertionError, show, suffix } from "./assertion_error.ts";
import { equal } from "./equals.ts";

/** What {@linkcode assertFalse} lets pass. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** What {@linkcode assertArrayIncludes} takes. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Fails unless `expression` is truthy. */
export function assert(
  expression: unknown,
  message = "",
): asserts expression {
  if (!expression) throw new AssertionError(message);
}

/** Fails unless `expression` is falsy. */
export function assertFalse(
  expression: unknown,
  message = "",
): asserts expression is Falsy {
  if (expression) throw new AssertionError(message);
}

/** Fails always. */
export function fail(message?: string): never {
  throw new AssertionError(`Failed assertion${suffix(message)}`);
}

/** Fails always: stands where no path should lead. */
export function unreachable(message?: string): never {
  throw new AssertionError(`Unreachable${suffix(message)}`);
}

/** Fails unless both are the same value, as `Object.is` says. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(
    `Values are not strictly equal${suffix(message)}\n\nactual: ${
      show(actual)
    }\nexpected: ${show(expected)}\n`,
  );
}

/** Fails if `actual` is null or undefined. */
export function assertExists<T>(
  actual: T,
  message?: string,
): asserts actual is NonNullable<T> {
  expect(actual !== undefined && actual !== null, message, {
    actual,
    relation: "to not be null or undefined",
  });
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<
  T extends abstract new (...args: never[]) => unknown,
>(
  actual: unknown,
  expectedType: T,
  message?: string,
): asserts actual is InstanceType<T> {
  expect(actual instanceof expectedType, message, {
    actual,
    relation: `to be an instance of "${expectedType.name}"`,
  });
}

/** Fails unless the regular expression matches `actual`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  expect(expected.test(actual), message, {
    actual,
    relation: `to match: ${expected}`,
  });
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  expect(actual.includes(expected), message, {
    actual,
    relation: `to contain: ${show(expected)}`,
  });
}

/** Fails unless each of `expected` deeply equals one of `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  message?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !present.some((item) => equal(wanted, item))
  );
  expect(missing.length === 0, message, {
    actual,
    relation: `to include: ${show(expected)}, missing: ${show(missing)}`,
  });
}

/** Fails if the numbers differ by more than `tolerance`: by default 1e-7 of `expected`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected)
    ? Math.abs(expected * 1e-7)
    : 1e-7,
  message?: string,
): void {
  const close = Math.abs(expected - actual) <= tolerance;
  expect(close || Object.is(actual, expected), message, {
    actual,
    relation: `to be within ${tolerance} of ${expected}`,
  });
}

/** Fails unless `actual` > `expected`. */
export function assertGreater<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  expect(actual > expected, message, {
    actual,
    relation: `> ${show(expected)}`,
  });
}

/** Fails unless `actual` >= `expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  expect(actual >= expected, message, {
    actual,
    relation: `>= ${show(expected)}`,
  });
}

/** Fails unless `actual` < `expected`. */
export function assertLess<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  expect(actual < expected, message, {
    actual,
    relation: `< ${show(expected)}`,
  });
}

/** Fails unless `actual` <= `expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  expect(actual <= expected, message, {
    actual,
    relation: `<= ${show(expected)}`,
  });
}

function expect(
  holds: boolean,
  message: string | undefined,
  { actual, relation }: { actual: unknown; relation: string },
): void {
  if (holds) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} ${relation}${suffix(message)}`,
  );
}
