/**
 * Comparison of routes, and messages as any peer might write them. For tests
 * only.
 *
 * @module
 */
export * from "./arbitraries.ts";
export * from "./random_messages.ts";
export * from "./routes.ts";
