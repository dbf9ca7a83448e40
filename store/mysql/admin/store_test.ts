import { assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { ABSENT_REVISION } from "../../admin/revision.ts";
import { ADMIN_TABLE_NAMES } from "../../admin/tables.ts";
import {
  assertOriginalNames,
  assertRequestKeysKept,
  assertTrailRetention,
  mariadbTests,
  rowOf,
} from "../../testing/mod.ts";
import { ConflictError, StoreError } from "../../types.ts";
import { STATEMENTS_MAX } from "../pool.ts";
import { MysqlRouteStore } from "../route_store.ts";
import { ensureSchema } from "../schema.ts";
import { openMysqlAdminStore } from "./store.ts";

const { test: testMysql } = mariadbTests();

testMysql(
  "AdminStore.expire() in MySQL removes old changes and audit, some rows at a time",
  assertTrailRetention,
);

testMysql(
  "MysqlRouteStore.edit() forgets the oldest idempotency keys",
  assertRequestKeysKept,
);

testMysql(
  "AdminStore.names() in MySQL has names of the original where there is none of ours",
  assertOriginalNames,
);

testMysql(
  "AdminStore in MySQL has no more statements prepared than a server of many takes",
  async (fixture) => {
    const options = { ...fixture.options, connectionsMax: 1 };
    await using admin = await openMysqlAdminStore(options);
    const pages = STATEMENTS_MAX + 50;
    for (let limit = 1; limit <= pages; limit += 1) {
      await admin.audit({ limit });
    }
    const [row] = await fixture.sql(
      "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'",
    );
    assertLessOrEqual(Number(row?.Value), STATEMENTS_MAX);
  },
);

testMysql(
  "MysqlRouteStore.edit() works without the tables that keep who made it, and checks revisions; who may do what needs them",
  async (fixture) => {
    await fixture.sql(`DROP TABLE ${ADMIN_TABLE_NAMES}`);
    await fixture.sql("UPDATE LarsSchema SET level = 6");
    const { database } = fixture.options;
    const user = `u_${database}`;
    await fixture.sql(`CREATE USER ${user}@'%' IDENTIFIED BY ''`);
    await fixture.sql(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ${user}@'%'`,
    );
    const options = { ...fixture.options, user };
    await using routes = await MysqlRouteStore.open(options);
    await using admin = await openMysqlAdminStore(options);
    const by = { actor: "user alice" };
    const ifMatch = [{ modId: 1, cmdId: 1, revision: ABSENT_REVISION }];
    const { added, change } = await routes.edit(
      { add: [rowOf(1, 1, 1)] },
      { by, ifMatch, idempotencyKey: "k" },
    );
    assertEquals([added, change], [1, undefined]);
    await assertRejects(
      () => routes.edit({ add: [rowOf(1, 1, 2)] }, { by, ifMatch }),
      ConflictError,
    );
    const error = await assertRejects(
      () => admin.users(),
      StoreError,
      'WebUser, WebSession, WebToken, RouteEdit, RouteEditDiff, RouteState, Audit, RequestKey, RouteName are missing, run "lars store schema --apply"',
    );
    assertEquals(error.retry, true);

    await ensureSchema(fixture.options, { apply: true });
    assertEquals(await admin.users(), []);
    const kept = await routes.edit({ add: [rowOf(1, 1, 2)] }, { by });
    assertEquals(kept.change, 1);
  },
);
