import { deepStrictEqual } from "node:assert";
import { AssertionError, show, suffix } from "./assertion_error.ts";

/**
 * Whether two values are deeply equal. Unlike `node:assert` it holds 0 and -0
 * for equal, and an object without prototype equal to a plain one.
 *
 * @throws {TypeError} If it meets two WeakMaps or WeakSets that are not the same.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

/** Fails unless `actual` and `expected` are deeply equal. */
export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(message)}\n\n${
      difference(actual, expected)
    }\n`,
  );
}

/** Fails if `actual` and `expected` are deeply equal. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} not to be: ${show(expected)}${
      suffix(message)
    }`,
  );
}

type Seen = Map<object, object>;

function compare(a: unknown, b: unknown, seen: Seen): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || !sameConstructor(a, b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof WeakRef && b instanceof WeakRef) {
    return compare(a.deref(), b.deref(), seen);
  }
  // Inside a cycle the pair counts as equal until something else differs.
  if (seen.get(a) === b) return true;
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  seen.set(a, b);
  if (a instanceof Set && b instanceof Set) {
    return sameEntries([...a.entries()], [...b.entries()], seen);
  }
  if (a instanceof Map && b instanceof Map) {
    return sameEntries([...a], [...b], seen);
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return sameBytes(a, b);
  }
  return sameProperties(a, b, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sameConstructor(a: object, b: object): boolean {
  // An object made with a null prototype has no constructor.
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

type Entry = [unknown, unknown];

function sameEntries(a: Entry[], b: Entry[], seen: Seen): boolean {
  if (a.length !== b.length) return false;
  const values = new Map(b);
  return a.every(([key, value]) => {
    if (!isObject(key)) {
      return values.has(key) && compare(value, values.get(key), seen);
    }
    return b.some(([otherKey, otherValue]) =>
      compare(key, otherKey, seen) && compare(value, otherValue, seen)
    );
  });
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const right = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}

function sameProperties(a: object, b: object, seen: Seen): boolean {
  const keys = Reflect.ownKeys({ ...a, ...b });
  return keys.every((key) =>
    key in a === key in b &&
    compare(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

/** The difference as `node:assert` draws it, or both values where it sees none. */
function difference(actual: unknown, expected: unknown): string {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return `actual: ${show(actual)}\nexpected: ${show(expected)}`;
}
