/**
 * Stands in for `jsr:@std/ini` where JSR cannot be reached: same names,
 * arguments and behaviour, as far as Lars uses them.
 *
 * npm `ini` is not used inside: it never throws, knows no `//` comments and
 * splits section names at dots, so that nothing but the loop would be left of it.
 *
 * @module
 */
export { parse, type ParseOptions, type ReviverFunction } from "./parse.ts";
export {
  type ReplacerFunction,
  stringify,
  type StringifyOptions,
} from "./stringify.ts";
