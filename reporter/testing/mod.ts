/**
 * Test doubles of a reporter: sinks to look into, and rows as agents send them.
 * For tests only.
 *
 * @module
 */
export * from "./alarms_fixture.ts";
export * from "./fake_agent.ts";
export * from "./fake_status_sink.ts";
export * from "./history_fixture.ts";
export * from "./packed_rows.ts";
export * from "./reporter_fixture.ts";
