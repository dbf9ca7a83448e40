import { type Mariadb, startMariadb, whyNoMariadb } from "./testing/mariadb.ts";
import { MysqlFixture } from "./testing/mysql_fixture.ts";
import { testStore } from "./store_suite.ts";

const missing = await whyNoMariadb();
const ignore = missing !== undefined;
if (ignore) console.warn(`Tests of MysqlStore are left out: ${missing}`);

let server: Mariadb | undefined;

Deno.test.beforeAll(async () => {
  if (!ignore) server = await startMariadb();
});

Deno.test.afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

function openFixture(): Promise<MysqlFixture> {
  return MysqlFixture.open(server!.port);
}

testStore(openFixture, { name: "MysqlStore", ignore });
