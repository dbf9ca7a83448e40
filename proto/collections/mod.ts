/**
 * Maps and columns for many routes without an object for each.
 *
 * @module
 */
export * from "./byte_arena.ts";
export * from "./flat_route_map.ts";
export { mixHash } from "./open_addressing.ts";
export * from "./route_map.ts";
export * from "./route_rows.ts";
export * from "./row_index.ts";
