/**
 * What is said: messages, frames, addresses and route keys. Bytes to values, no
 * socket.
 *
 * @module
 */
export * from "./address.ts";
export * from "./body_arena.ts";
export * from "./decode.ts";
export * from "./flat_route_map.ts";
export * from "./frame.ts";
export { lars } from "./lars.js";
export * from "./message_id.ts";
export * from "./route.ts";
export * from "./route_json.ts";
export * from "./route_slots.ts";
export * from "./slot_index.ts";
export * from "./wire_reader.ts";
export * from "./wire_writer.ts";
