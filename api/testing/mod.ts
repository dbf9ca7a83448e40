/**
 * Doubles and set-ups for tests of the client.
 *
 * @module
 */
export * from "./batch_fixture.ts";
export * from "./client_fixture.ts";
export * from "./embedded_fixture.ts";
export * from "./fake_agent.ts";
