/**
 * What is said: messages, frames, addresses and route keys. Bytes to values, no
 * socket.
 *
 * @module
 */
export * from "./address.ts";
export * from "./endpoint.ts";
export * from "./collections/mod.ts";
export * from "./frame.ts";
export { lars } from "./generated/lars.js";
export * from "./message_id.ts";
export * from "./messages/mod.ts";
export * from "./route.ts";
export * from "./route_json.ts";
export * from "./text.ts";
export { NO_TAG, WireReader } from "./wire/reader.ts";
export { WireWriter } from "./wire/writer.ts";
