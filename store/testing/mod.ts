/**
 * What tests of stores share: one suite for every store, fixtures, and private
 * MariaDB servers.
 *
 * @module
 */
export {
  assertOriginalNames,
  assertRequestKeysKept,
  assertTrailRetention,
} from "./admin_tables.ts";
export { makeCertificates } from "./certificates.ts";
export { findFile, installPackages } from "./debian.ts";
export { StoreTestClock } from "./clock.ts";
export { type FakeCalls, FakeFleet } from "./fake_fleet.ts";
export * from "./fixture.ts";
export { callsOf } from "./history_calls.ts";
export { assertRetention } from "./history_retention.ts";
export { type Mariadb, startMariadb, whyNoMariadb } from "./mariadb.ts";
export { mariadbTests, testOnMariadb } from "./mariadb_tests.ts";
export { MysqlFixture } from "./mysql_fixture.ts";
export { NOW_SECONDS, SqliteFixture } from "./sqlite_fixture.ts";
export { testStore } from "./suite.ts";
