/**
 * Doubles and set-ups for tests of the command.
 *
 * @module
 */
export * from "./fake_environment.ts";
export * from "./fake_terminal.ts";
export * from "./fleet_fixture.ts";
export * from "./shard_fixture.ts";
export * from "./store_fixture.ts";
