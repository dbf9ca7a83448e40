import { assertEquals } from "@std/assert";
import { Expiry, type Verdict } from "./expiry.ts";
import type { WatchedLease } from "./lease_watch.ts";

/** Names of machines so far, each with one lease unless a test says otherwise. */
let machines = 0;

/** Leases, each unchanged and marked for these seconds. */
function leases(
  ...each: {
    count?: number;
    silent?: number;
    marked?: number;
    instances?: number;
    name?: string;
  }[]
): WatchedLease[] {
  return each.flatMap((
    { count = 1, silent = 0, marked, instances = 1, name },
  ) =>
    Array.from({ length: count }, () => ({
      lease: {
        agent: "a",
        epoch: 1,
        renewal: 1,
        ttlMs: 30_000,
        hash: 1,
        instances,
        overdue: marked !== undefined,
        name: name ?? `machine ${machines += 1}`,
        address: "10.0.0.1",
        dns: "",
      },
      sinceMs: -silent * 1_000,
      markedMs: marked === undefined ? Infinity : -marked * 1_000,
    }))
  );
}

function counts(verdict: Verdict): Record<string, number> {
  const { alive, overdue, unmarked, expired, voted } = verdict;
  return {
    alive,
    overdue: overdue.length,
    unmarked: unmarked.length,
    expired: expired.length,
    voted: voted.length,
  };
}

/** The verdict of a dns that could write for these seconds: always, if not given. */
function judgeAt(
  expiry: Expiry,
  watched: readonly WatchedLease[],
  { nowMs = 0, writable }: { nowMs?: number; writable?: number | undefined } =
    {},
): Verdict {
  const writableSinceMs = writable === undefined
    ? -Infinity
    : nowMs - writable * 1_000;
  return expiry.judge(watched, { nowMs, writableSinceMs });
}

const NONE = { alive: 0, overdue: 0, unmarked: 0, expired: 0, voted: 0 };
const ALIVE = { count: 97 };

Deno.test("Expiry.judge() tells what is to be done by how long a lease was not renewed", () => {
  type Lease = Parameters<typeof leases>[0] & { writable?: number };
  const rows: [Lease, Partial<typeof NONE>][] = [
    [{ silent: 29 }, { alive: 1 }],
    [{ silent: 30 }, { overdue: 1, unmarked: 1 }],
    [{ silent: 40, marked: 24 }, { overdue: 1 }],
    [{ silent: 50, marked: 25 }, { overdue: 1, voted: 1 }],
    [{ silent: 299, marked: 260 }, { overdue: 1, voted: 1 }],
    [{ silent: 300, marked: 260 }, { overdue: 1, expired: 1 }],
    // The store could not be written for a while: nobody could renew.
    [{ silent: 4_000, marked: 3_000, writable: 24 }, { overdue: 1 }],
    [{ silent: 4_000, marked: 3_000, writable: 59 }, { overdue: 1, voted: 1 }],
    [{ silent: 4_000, marked: 3_000, writable: 60 }, {
      overdue: 1,
      expired: 1,
    }],
    [{ silent: 4_000, marked: 59 }, { overdue: 1, voted: 1 }],
    [{ silent: 4_000 }, { overdue: 1, unmarked: 1 }],
    [{ silent: 4_000, marked: 60 }, { overdue: 1, expired: 1 }],
  ];
  for (const [{ writable, ...lease }, expected] of rows) {
    const verdict = judgeAt(new Expiry(), leases(lease), { writable });
    assertEquals(counts(verdict), { ...NONE, ...expected });
  }
});

Deno.test("Expiry.judge() suspends expiry while too many are overdue together, but for what callers tell", () => {
  const expiry = new Expiry();
  const dead = { silent: 300, marked: 200 };
  const judge = (count: number, atMs = 0) =>
    counts(
      judgeAt(
        expiry,
        leases({ ...dead, count }, { count: 100 - count }).map((each) => ({
          ...each,
          sinceMs: each.sinceMs + atMs,
          markedMs: each.markedMs + atMs,
        })),
        { nowMs: atMs },
      ),
    );
  assertEquals(judge(15), { ...NONE, alive: 85, overdue: 15, expired: 15 });
  assertEquals(expiry.isSuspended, false);
  assertEquals(judge(16), { ...NONE, alive: 84, overdue: 16, voted: 16 });
  assertEquals(expiry.isSuspended, true);
  // It ends when few have been overdue for two minutes.
  assertEquals(judge(10, 1_000).expired, 0);
  assertEquals(judge(9, 2_000).expired, 0);
  assertEquals(judge(10, 3_000).expired, 0);
  assertEquals(judge(9, 4_000).expired, 0);
  assertEquals(judge(9, 123_999).expired, 0);
  assertEquals(judge(9, 124_000).expired, 9);
  assertEquals(expiry.isSuspended, false);
});

Deno.test("Expiry.judge() lets two of few machines expire, and goes on when fewer than three are overdue", () => {
  const expiry = new Expiry();
  const dead = { silent: 300, marked: 200 };
  assertEquals(
    counts(judgeAt(expiry, leases({ ...dead, count: 2 }))).expired,
    2,
  );
  const three = leases({ ...dead, count: 3 }, { count: 2 });
  assertEquals(counts(judgeAt(expiry, three)).expired, 0);
  const two = leases({ ...dead, count: 2 }, { count: 3 });
  judgeAt(expiry, two);
  const later = two.map((each) => ({
    ...each,
    sinceMs: each.sinceMs + 120_000,
  }));
  assertEquals(counts(judgeAt(expiry, later, { nowMs: 120_000 })).expired, 2);
});

Deno.test("Expiry.judge() does not count leases without instances, nor those that are dead for a day", () => {
  const expiry = new Expiry();
  const dead = { silent: 300, marked: 200 };
  const empty = leases({ ...dead, count: 50, instances: 0 }, ALIVE);
  assertEquals(counts(judgeAt(expiry, empty)).expired, 50);
  const old = { silent: 86_400, marked: 86_300, count: 50 };
  assertEquals(counts(judgeAt(expiry, leases(old, ALIVE))).expired, 50);
  const mass = leases(
    { ...dead, count: 50 },
    { ...dead, count: 9, instances: 0 },
    ALIVE,
  );
  assertEquals(counts(judgeAt(expiry, mass)).expired, 9);
  assertEquals(expiry.isSuspended, true);
});

Deno.test("Expiry.judge() does not count leases of machines whose new agent lives, and ends them like others", () => {
  const expiry = new Expiry();
  const left = { silent: 300, marked: 200, name: "node", count: 20 };
  const verdict = judgeAt(expiry, leases(left, { name: "node" }));
  assertEquals(counts(verdict), {
    ...NONE,
    alive: 1,
    overdue: 20,
    expired: 20,
  });
  assertEquals(expiry.isSuspended, false);
  judgeAt(expiry, leases(left, { name: "another" }));
  assertEquals(expiry.isSuspended, true);
});
