/**
 * The JSON of the admin API: what is sent and taken, as schemas that check it,
 * and that /openapi.json is made of.
 *
 * @module
 */
export * from "./shapes/alarms.ts";
export * from "./shapes/changes.ts";
export * from "./shapes/common.ts";
export * from "./shapes/instances.ts";
export * from "./shapes/now.ts";
export * from "./shapes/people.ts";
export * from "./shapes/routes.ts";
