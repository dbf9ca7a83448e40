import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { classify, toStoreError } from "./error.ts";
import { MysqlRouteStore } from "./route_store.ts";
import { mariadbTests, rowOf } from "../testing/mod.ts";
import type { MysqlFixture } from "../testing/mod.ts";
import { StoreError } from "../types.ts";

/** Numbers and codes of errors, by whether waiting can help. */
const WAIT = [
  [1205, 1213, 3572, 9007],
  [1040, 1203, 1226, 1037, 1461],
  [1021, 1114],
  [1047, 1053, 1129, 1317, 1927, 2006, 3032, 3168],
  [1290, 1792, 1836],
  [1146, 1932],
  ["ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "PROTOCOL_X"],
];
const STOP = [
  [1045, 1130, 1698, 1820, 1862, 3118, 3159, 4151],
  [1044, 1142, 1143, 1227],
  [1049, 1054, 1364, 1467, 1644, 4025, 1064],
  ["AUTH_SWITCH_PLUGIN_ERROR", "HANDSHAKE_NO_SSL_SUPPORT", "CERT_HAS_EXPIRED"],
];

function errorOf(what: number | string): unknown {
  return typeof what === "number"
    ? Object.assign(new Error("told"), { errno: what, code: "ER_X" })
    : Object.assign(new Error("told"), { errno: -1, code: what });
}

Deno.test("toStoreError() says of each refusal whether waiting can help, and what to do", () => {
  for (const [groups, retry] of [[WAIT, true], [STOP, false]] as const) {
    for (const what of groups.flat()) {
      const error = toStoreError(errorOf(what), {
        action: "try",
        where: '"db" at host:1',
      });
      assertEquals(error.retry, retry, `${what}: ${error.message}`);
      // What is wrong, and what to do, between the head and the server's words.
      const [, reason = ""] =
        /^Cannot try as database "db" at host:1 failed, (.+): told$/.exec(
          error.message,
        ) ?? [];
      assert(what === 1064 || reason.length > 20, `${what}: ${error.message}`);
    }
  }
  assertEquals(classify({ fatal: true }), "gone");
  assertEquals(classify(new Error("a bug")), "wrong");
});

const { test: testMysql } = mariadbTests();

/** Makes a user; returns options of it. */
async function makeUser(
  fixture: MysqlFixture,
  { identified = "BY 'right'", grants = "ALL", limits = "" } = {},
) {
  const { database } = fixture.options;
  const user = `u_${database}`;
  await fixture.sql(
    `CREATE USER ${user}@'%' IDENTIFIED ${identified} ${limits}`,
  );
  if (grants !== "") {
    await fixture.sql(`GRANT ${grants} ON ${database}.* TO ${user}@'%'`);
  }
  return { ...fixture.options, user, password: "right", connectionsMax: 1 };
}

/** The error of a store's first use. */
async function refusal(
  options: MysqlFixture["options"],
): Promise<StoreError> {
  await using store = await MysqlRouteStore.open(options);
  const error = await store.watch().then(() => undefined, (error) => error);
  assert(error instanceof StoreError, String(error));
  return error;
}

testMysql(
  "MysqlRouteStore says of an account whose authentication it does not know what to do",
  async (fixture) => {
    await fixture.sql("INSTALL SONAME 'auth_ed25519'");
    const error = await refusal(
      await makeUser(fixture, {
        identified: "VIA ed25519 USING PASSWORD('right')",
      }),
    );
    assertStringIncludes(error.message, "ed25519");
    assertStringIncludes(error.message, "mysql_native_password");
    assert(!/todo/i.test(error.message), error.message);
    assertEquals(error.retry, false);
  },
);

testMysql(
  "MysqlRouteStore tells missing rights from missing tables, a locked account from a wrong password",
  async (fixture) => {
    const options = await makeUser(fixture, { grants: "" });
    const { user, database } = options;
    const none = await refusal(options);
    assertStringIncludes(none.message, "GRANT");
    await fixture.sql(
      `GRANT SELECT ON ${database}.RouteVersion TO ${user}@'%'`,
    );
    const some = await refusal(options);
    assertStringIncludes(some.message, "may not read its table");
    assertStringIncludes(some.message, "GRANT");
    for (const { message, retry } of [none, some]) {
      assert(!/missing|gone/.test(message), message);
      assertEquals(retry, false);
    }
    await fixture.sql(`ALTER USER ${user}@'%' ACCOUNT LOCK`);
    assertStringIncludes((await refusal(options)).message, "locked");
    const wrong = await refusal({ ...options, password: "wrong" });
    assertStringIncludes(wrong.message, "db_passwd");
    const other = await refusal({ ...fixture.options, database: "lars_dsn" });
    assertStringIncludes(other.message, "lars store create");
    assertEquals(other.retry, false);
  },
);

testMysql(
  "MysqlRouteStore waits for an account that is over its limits",
  async (fixture) => {
    for (
      const limits of [
        "WITH MAX_USER_CONNECTIONS 1",
        "WITH MAX_QUERIES_PER_HOUR 3",
      ]
    ) {
      const options = await makeUser(fixture, { limits });
      await using first = await MysqlRouteStore.open(options);
      await first.edit({ add: [rowOf(1, 1, 1)] }).catch(() => {});
      const error = await refusal(options);
      assert(error.retry, error.message);
      assertStringIncludes(error.message, "limits");
      await fixture.sql(`DROP USER ${options.user}@'%'`);
    }
  },
);
