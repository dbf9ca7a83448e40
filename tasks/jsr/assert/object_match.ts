import { assertEquals } from "./equals.ts";

/**
 * Fails unless `actual` has everything that `expected` has, deeply. Arrays match
 * index by index; classes do not matter; in maps and sets only the expected keys count.
 */
export function assertObjectMatch(
  actual: object,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  assertEquals(
    restrict(actual, expected, new Map()),
    restrict(expected, expected, new Map()),
    message,
  );
}

/** A plain copy of what `value` has in common with the shape of `pattern`. */
function restrict(
  value: unknown,
  pattern: unknown,
  seen: Map<object, unknown>,
): unknown {
  if (!isObject(value) || !isObject(pattern) || value instanceof RegExp) {
    return value;
  }
  if (value instanceof Set && pattern instanceof Set) {
    return new Set([...value].filter((item) => pattern.has(item)));
  }
  if (value instanceof Map && pattern instanceof Map) {
    return new Map(
      [...value].filter(([key]) => pattern.has(key))
        .map(([key, item]) => [key, restrict(item, pattern.get(key), seen)]),
    );
  }
  if (Array.isArray(value) !== Array.isArray(pattern)) return value;
  // A value that contains itself maps to a copy that contains itself.
  if (seen.has(value)) return seen.get(value);
  const copy: Record<PropertyKey, unknown> = {};
  seen.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    if (Array.isArray(value) && key === "length") continue;
    if (!(key in pattern)) continue;
    copy[key] = restrict(
      Reflect.get(value, key),
      Reflect.get(pattern, key),
      seen,
    );
  }
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
