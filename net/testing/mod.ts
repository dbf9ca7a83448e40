/**
 * Test doubles: virtual time, a network in memory and seeded randomness. For
 * tests only.
 *
 * @module
 */
export * from "./logs.ts";
export * from "./memory_network.ts";
export * from "./network_fixture.ts";
export * from "./seeded_random.ts";
export * from "./streams.ts";
export * from "./virtual_clock.ts";
