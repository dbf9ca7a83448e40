/**
 * Stands in for `jsr:@std/ini` where JSR cannot be reached: `parse()` with the
 * arguments and the behaviour of 1.0.0-rc.9. Lars prints no INI, so `stringify()`
 * is left out.
 *
 * npm `ini` is not used inside: it never throws, knows no `//` comments and
 * splits section names at dots, so that nothing but the loop would be left of it.
 *
 * @module
 */
export { parse, type ParseOptions, type ReviverFunction } from "./parse.ts";
