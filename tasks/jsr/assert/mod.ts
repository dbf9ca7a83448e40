/**
 * Stands in for `jsr:@std/assert` where JSR cannot be reached: same names,
 * arguments and behaviour, as far as Lars uses them.
 *
 * @module
 */
export * from "./assert.ts";
export { AssertionError } from "./assertion_error.ts";
export { assertEquals, assertNotEquals, equal } from "./equals.ts";
export { assertObjectMatch } from "./object_match.ts";
export { assertRejects, assertThrows } from "./throws.ts";
