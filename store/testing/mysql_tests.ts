import { type Mariadb, startMariadb, whyNoMariadb } from "./mariadb.ts";
import { MysqlFixture } from "./mysql_fixture.ts";

/** Why there are no tests on MariaDB, or undefined if there are. */
export const missingMariadb: string | undefined = await whyNoMariadb();

/** The tests of one file on a MariaDB of their own. */
export interface MysqlTests {
  /** Defines a test on an empty database; left out where there is no MariaDB. */
  test(name: string, body: (fixture: MysqlFixture) => Promise<void>): void;
  /** An empty database, for a test that is running. */
  open(): Promise<MysqlFixture>;
}

/** Starts a MariaDB before the tests of the file that calls it, and ends it after them. */
export function mysqlTests(): MysqlTests {
  const ignore = missingMariadb !== undefined;
  let server: Mariadb | undefined;
  Deno.test.beforeAll(async () => {
    if (!ignore) server = await startMariadb();
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  const open = () => MysqlFixture.open(server!.port);
  return {
    open,
    test(name, body) {
      Deno.test({
        name,
        ignore,
        async fn() {
          await using fixture = await open();
          await body(fixture);
        },
      });
    },
  };
}
