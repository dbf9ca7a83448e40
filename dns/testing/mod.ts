/**
 * Test doubles of a dns: a store to edit by assignment, and agents that ask. For
 * tests only.
 *
 * @module
 */
export * from "./dns_fixture.ts";
export * from "./fake_route_store.ts";
export * from "./lease_fixture.ts";
export * from "./route_in.ts";
