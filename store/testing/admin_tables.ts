import { assertEquals } from "@std/assert";
import type { AdminStore } from "../admin/types.ts";
import { REQUEST_KEYS_MAX, type RouteStore } from "../types.ts";
import { rowOf } from "./fixture.ts";
import { series } from "./history_retention.ts";

/** Tables that are read and written past the stores. */
interface SqlFixture {
  openRoutes(): Promise<RouteStore>;
  openAdmin(): Promise<AdminStore>;
  sql(statement: string): Promise<Record<string, unknown>[]>;
}

const BY = { actor: "user alice" };

/** Asserts that old changes and old lines of the audit are removed, in steps that are bounded. */
export async function assertTrailRetention(fixture: SqlFixture): Promise<void> {
  await using routes = await fixture.openRoutes();
  await using admin = await fixture.openAdmin();
  await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: BY });
  await routes.edit({ add: [rowOf(1, 1, 2)] }, { by: BY });
  assertEquals(await admin.expire(), false);
  assertEquals((await admin.changes({ limit: 9 })).length, 2);

  // The last that goes is number 1 of Audit, and 1,001 of RouteEdit.
  const columns = "at, actor, action";
  await fixture.sql(
    `INSERT INTO RouteEdit (id, ${columns}) SELECT n + 2, 1, 'a', 'edit' FROM ${
      series(1_000)
    }`,
  );
  await fixture.sql(
    `INSERT INTO RouteEdit (id, ${columns}) VALUES (1001001, 1, 'a', 'edit')`,
  );
  await fixture.sql(
    `INSERT INTO Audit (id, ${columns}, target) VALUES (5000001, 1, 'a', 'edit', '')`,
  );
  assertEquals(await admin.expire(), true);
  assertEquals(await admin.expire(), false);
  const ids = (await admin.changes({ limit: 9 })).map(({ id }) => id);
  assertEquals(ids, [1_001_001, 1_002]);
  const lines = await admin.audit({ limit: 9 });
  assertEquals(lines.map(({ id }) => id), [5_000_001, 2]);
  assertEquals(await fixture.sql("SELECT edit_id FROM RouteEditDiff"), []);
}

/** Asserts that as many idempotency keys are known as are said to be. */
export async function assertRequestKeysKept(
  fixture: SqlFixture,
): Promise<void> {
  await using routes = await fixture.openRoutes();
  const edit = { add: [rowOf(1, 1, 1)] };
  const send = async (idempotencyKey: string) =>
    (await routes.edit(edit, { by: BY, idempotencyKey })).repeated;
  await send("oldest");
  await send("second");
  await fixture.sql(
    `INSERT INTO RequestKey (id, key_hash, request_hash, at, outcome)
     VALUES (${REQUEST_KEYS_MAX}, '', '', 1, '')`,
  );
  await send("newest");
  assertEquals(await send("second"), true);
  assertEquals(await send("newest"), true);
  assertEquals(await send("oldest"), undefined);
}

/** Asserts that a module without a name of ours has that of the original. */
export async function assertOriginalNames(fixture: SqlFixture): Promise<void> {
  await using admin = await fixture.openAdmin();
  await fixture.sql(
    "INSERT INTO ModIDConfig (modid, content) VALUES (1, 'one'), (2, 'two')",
  );
  const no = { owner: undefined, runbook: undefined };
  const module = { modId: 1, cmdId: undefined, name: "mine", ...no };
  const command = { modId: 2, cmdId: 7, name: "charge", ...no };
  await admin.putName(module, BY);
  await admin.putName(command, BY);
  const original = { modId: 2, cmdId: undefined, name: "two", ...no };
  assertEquals(await admin.names(), [module, command, original]);
}
