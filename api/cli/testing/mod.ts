/**
 * Doubles and set-ups for tests of the command.
 *
 * @module
 */
export * from "./fake_environment.ts";
export * from "./store_fixture.ts";
