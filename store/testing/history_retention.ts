import { assertEquals } from "@std/assert";
import {
  AGENTS_KEPT,
  EVENTS_KEPT,
  EXPIRE_ROWS_MAX,
  PERIOD_TABLES,
} from "../history/tables.ts";
import type { HistoryStore } from "../history/types.ts";

/** Tables that are read and written past the store. */
interface SqlFixture {
  openHistory(): Promise<HistoryStore>;
  sql(statement: string): Promise<Record<string, unknown>[]>;
}

const AGENT = "a".repeat(32);

/** Numbers from 1, a row each: a table that statements of every engine can read. */
export function series(last: number): string {
  return `(WITH RECURSIVE digits(d) AS
    (SELECT 0 UNION ALL SELECT d + 1 FROM digits WHERE d < 9)
    SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
    FROM digits a, digits b, digits c, digits e, digits f) numbers
    WHERE n <= ${last}`;
}

/** Runs retention to its end; returns the number of steps that removed something. */
async function expireAll(store: HistoryStore): Promise<number> {
  let steps = 0;
  while (await store.expire()) steps += 1;
  return steps;
}

/** Asserts that retention removes what is too much, in steps that are bounded. */
export async function assertRetention(fixture: SqlFixture): Promise<void> {
  await using store = await fixture.openHistory();
  const { kept } = PERIOD_TABLES.HostMinute;
  const rows = EXPIRE_ROWS_MAX + 1;
  const zeros = PERIOD_TABLES.HostMinute.calls.map(() => 0).join();
  await fixture.sql(
    `INSERT INTO HostMinute SELECT 1, 1, 1, n, 80, ${zeros} FROM ${
      series(rows)
    }`,
  );
  await fixture.sql(
    `INSERT INTO HistoryPeriod SELECT 'HostMinute', n FROM ${series(kept + 1)}`,
  );
  assertEquals(await expireAll(store), 2);
  assertEquals(await count(fixture, "HostMinute"), 0);
  assertEquals(await count(fixture, "HistoryPeriod"), kept);

  const event = "1, 1, 1, 80, 1, 1, 1, '', 0, 0, 0, 0, 'lars'";
  const ids = [1, 2, EVENTS_KEPT + 1, EVENTS_KEPT + 2];
  for (const id of ids) {
    await fixture.sql(`INSERT INTO HostEvent VALUES (${id}, ${id}, ${event})`);
  }
  await expireAll(store);
  const events = await store.events({ limit: 9 });
  assertEquals(events.map(({ id }) => id), ids.slice(2).reverse());

  await fixture.sql(
    `INSERT INTO Agent (agent, beat) SELECT n, n FROM ${
      series(AGENTS_KEPT + 1)
    }`,
  );
  for (const agent of ["1", "2"]) {
    await fixture.sql(
      `INSERT INTO HostState VALUES (1, 1, 1, 80, '${agent}', 3, 1, 0, 0, 0)`,
    );
  }
  await store.beat([{
    ...{ agent: AGENT, name: "", version: "", zone: "" },
    ...{ address: "", reporter: "" },
  }]);
  await expireAll(store);
  const left = await fixture.sql("SELECT MIN(beat) AS first FROM Agent");
  assertEquals(Number(left[0]?.first), 3);
  assertEquals(await count(fixture, "Agent"), AGENTS_KEPT);
  assertEquals(await store.states(), []);
}

async function count(fixture: SqlFixture, table: string): Promise<number> {
  const [row] = await fixture.sql(`SELECT COUNT(*) AS rows_of FROM ${table}`);
  return Number(row?.rows_of);
}
