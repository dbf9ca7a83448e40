import { type Mariadb, startMariadb, whyNoMariadb } from "./mariadb.ts";
import { MysqlFixture } from "./mysql_fixture.ts";

const missing = await whyNoMariadb();

/** Defines a test that needs MariaDB; skipped, with the reason in its name, where there is none. */
export function testOnMariadb(
  name: string,
  fn: (test: Deno.TestContext) => Promise<void>,
): void {
  const ignore = missing !== undefined;
  const skipped = ignore ? ` (skipped: ${missing})` : "";
  Deno.test({ name: name + skipped, ignore, fn });
}

/** Tests of one file on a MariaDB that they share. */
export interface MariadbTests {
  /** Defines a test on an empty database. */
  test(name: string, body: (fixture: MysqlFixture) => Promise<void>): void;
  /** Creates an empty database, for a test that is running. */
  open(): Promise<MysqlFixture>;
}

/** Starts a MariaDB before the tests of the file that calls it, and ends it after them. */
export function mariadbTests(): MariadbTests {
  let server: Mariadb | undefined;
  Deno.test.beforeAll(async () => {
    if (missing !== undefined) return;
    // Each test makes all tables, which takes longer if each is a file.
    server = await startMariadb({ args: ["--innodb-file-per-table=0"] });
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  const open = () => MysqlFixture.open(server!.port);
  return {
    open,
    test(name, body) {
      testOnMariadb(name, async () => {
        await using fixture = await open();
        await body(fixture);
      });
    },
  };
}
