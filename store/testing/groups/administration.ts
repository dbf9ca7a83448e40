import { assert, assertEquals, assertRejects } from "@std/assert";
import { ABSENT_REVISION, hashOf, revisionOf } from "../../admin/revision.ts";
import { reverseEdit } from "../../admin/diff.ts";
import type { AdminStore, UserRow } from "../../admin/types.ts";
import { BY_HAND } from "../../admin/types.ts";
import { ConflictError, type RouteStore } from "../../types.ts";
import {
  hostOf,
  routeOf,
  rowOf,
  type StoreFixture,
  type TestBody,
} from "../fixture.ts";

const ALICE = { actor: "user alice" };
const BOB = {
  actor: "user bob",
  address: "10.0.0.9",
  action: "add hosts",
  comment: "deploy 881",
  ticket: "OPS-1",
  requestId: "ab12",
  traceparent: "00-1-2-01",
};
const KEY = { modId: 1, cmdId: 1 };
const USER: UserRow = {
  name: "alice",
  password: "scrypt",
  scopes: ["read", "write:1/*"],
  createdAt: 1_000,
};
const SESSION = {
  hash: hashOf("secret"),
  user: "alice",
  address: "10.0.0.1",
  createdAt: 1_000,
  usedAt: 1_000,
};

/** A test with both stores open. */
function onBoth(
  body: (
    stores: { routes: RouteStore; admin: AdminStore },
    fixture: StoreFixture,
  ) => Promise<void>,
): TestBody {
  return async (fixture) => {
    await using routes = await fixture.openRoutes();
    await using admin = await fixture.openAdmin();
    await body({ routes, admin }, fixture);
  };
}

/** What every store does with who may do what, and who did what. */
export const administrationTests: Record<string, TestBody> = {
  "edit() keeps who made it, and what differs, in the same transaction": onBoth(
    async ({ routes, admin }) => {
      const { change, revisions, ...counts } = await routes.edit(
        { add: [{ ...rowOf(1, 1, 1), weight: 50 }, rowOf(1, 1, 2)] },
        { by: BOB },
      );
      assertEquals(counts, { added: 2, removed: 0, changed: 1 });
      const [route] = await routes.read([KEY]);
      const revision = revisionOf(route!);
      assertEquals(revisions, [{ ...KEY, revision }]);
      const kept = await admin.change(change!);
      assertEquals({ ...kept, at: 0 }, {
        id: change!,
        at: 0,
        ...BOB,
        routeCount: 1,
        routes: [{
          ...KEY,
          added: route!.hosts,
          removed: [],
          changed: [],
          revisionBefore: ABSENT_REVISION,
          revisionAfter: revision,
        }],
      });
      const [line] = await admin.audit({ limit: 10 });
      const { ticket: _, ...author } = BOB;
      assertEquals({ ...line, at: 0, id: 0 }, {
        id: 0,
        at: 0,
        ...author,
        target: "route 1/1",
        before: ABSENT_REVISION,
        after: revision,
      });
    },
  ),
  "edit() keeps who drained a host, and who took that back": onBoth(
    async ({ routes, admin }) => {
      const { ip, port } = rowOf(1, 1, 1);
      const drain = { ip, port, who: "alice", reason: "disk" };
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      await routes.edit({ drain: [drain] }, { by: BOB });
      await routes.edit({ undrain: [{ ip, port, route: KEY }] }, { by: BOB });
      await routes.edit({ undrain: [{ ip, port }] }, { by: ALICE });
      const changes = await admin.changes({ limit: 9 });
      assertEquals(
        changes.map(({ actor, routes, drains }) => [
          actor,
          routes.length,
          drains,
        ]),
        [
          [ALICE.actor, 0, { drain: [], undrain: [{ ip, port }] }],
          [BOB.actor, 0, { drain: [drain], undrain: [] }],
          [ALICE.actor, 1, undefined],
        ],
      );
      const [, line] = await admin.audit({ limit: 9 });
      assertEquals(line!.target, "host 192.168.1.1:7777");
    },
  ),
  "changedRoutes() and changedDrains() have what changes after one did, the newest first":
    onBoth(async ({ routes, admin }) => {
      const { change: first } = await routes.edit({ add: [rowOf(1, 1, 1)] }, {
        by: ALICE,
      });
      const drain = { ip: 5, who: "bob", reason: "disk" };
      await routes.edit({ drain: [drain] }, { by: BOB });
      const { change: last } = await routes.edit({
        add: [rowOf(1, 1, 2), rowOf(2, 1, 2)],
        undrain: [{ ip: 5 }],
      }, { by: BOB });
      const all = await admin.changedRoutes({ after: 0, limit: 9 });
      assertEquals(
        all.map(({ id, diff }) => [id, diff.modId, diff.added.length])
          .sort(([a, b], [c, d]) => c! - a! || b! - d!),
        [[last, 1, 1], [last, 2, 1], [first, 1, 1]],
      );
      assertEquals(all.at(-1)!.id, first);
      const since = await admin.changedRoutes({ after: first!, limit: 1 });
      assertEquals(since.map(({ id }) => id), [last]);
      const range = { after: 0, before: last!, limit: 9 };
      assertEquals((await admin.changedRoutes(range)).length, 1);
      const drains = await admin.changedDrains({ after: 0, limit: 9 });
      assertEquals(drains.map(({ drain, undrain }) => ({ drain, undrain })), [
        { drain: [], undrain: [{ ip: 5 }] },
        { drain: [drain], undrain: [] },
      ]);
      const [one, ...others] = await admin.changedDrains(range);
      assertEquals([one!.drain, others], [[drain], []]);
    }),
  "edit() that changes nothing leaves no change behind": onBoth(
    async ({ routes, admin }) => {
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      const { change } = await routes.edit({ add: [rowOf(1, 1, 1)] }, {
        by: BOB,
      });
      assertEquals(change, undefined);
      assertEquals((await admin.changes({ limit: 9 })).length, 1);
      assertEquals((await admin.audit({ limit: 9 })).length, 1);
    },
  ),
  "edit() of a route that someone else changed does nothing, and says how it is":
    onBoth(async ({ routes, admin }) => {
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      const ifMatch = [{
        ...KEY,
        revision: revisionOf(routeOf(rowOf(1, 1, 1))),
      }];
      await routes.edit({ add: [rowOf(1, 1, 2)] }, { by: BOB, ifMatch });
      const error = await assertRejects(
        () => routes.edit({ add: [rowOf(1, 1, 3)] }, { by: ALICE, ifMatch }),
        ConflictError,
      );
      const [route] = await routes.read([KEY]);
      assertEquals(error.routes, [route!]);
      assertEquals(route!.hosts.length, 2);
      assertEquals((await admin.changes({ limit: 9 })).length, 2);
      // Edits of other routes do not disturb.
      await routes.edit({ add: [rowOf(2, 2, 2)] }, { by: BOB });
      const now = [{ ...KEY, revision: revisionOf(route!) }];
      await routes.edit({ remove: [rowOf(1, 1, 2)] }, {
        by: ALICE,
        ifMatch: now,
      });
    }),
  "edit() sees by the revision what SQL has changed": onBoth(
    async ({ routes }, { tables }) => {
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      const [route] = await routes.read([KEY]);
      const ifMatch = [{ ...KEY, revision: revisionOf(route!) }];
      await tables.insertHost(rowOf(1, 1, 2));
      await assertRejects(
        () => routes.edit({ remove: [rowOf(1, 1, 1)] }, { by: BOB, ifMatch }),
        ConflictError,
      );
      assertEquals((await routes.read([KEY]))[0]!.hosts.length, 2);
    },
  ),
  "edit() under an absent revision makes a route once": onBoth(
    async ({ routes }) => {
      const ifMatch = [{ ...KEY, revision: ABSENT_REVISION }];
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE, ifMatch });
      await assertRejects(
        () => routes.edit({ add: [rowOf(1, 1, 2)] }, { by: BOB, ifMatch }),
        ConflictError,
      );
    },
  ),
  "edit() repeated under its key is made once, and has the first outcome":
    onBoth(async ({ routes, admin }) => {
      const options = { by: ALICE, idempotencyKey: "k1" };
      const edit = { add: [rowOf(1, 1, 1)] };
      const first = await routes.edit(edit, options);
      await routes.edit({ remove: [rowOf(1, 1, 1)] }, { by: BOB });
      assertEquals(await routes.edit(edit, options), {
        ...first,
        repeated: true,
      });
      assertEquals((await routes.read([KEY]))[0]!.hosts, []);
      assertEquals((await admin.changes({ limit: 9 })).length, 2);
      // The key is its author's.
      const other = await routes.edit(edit, { by: BOB, idempotencyKey: "k1" });
      assertEquals(other.repeated, undefined);
      await assertRejects(
        () => routes.edit({ add: [rowOf(1, 1, 9)] }, options),
        RangeError,
      );
    }),
  "edit() that was refused may be tried again under its key": onBoth(
    async ({ routes }) => {
      const wrong = [{ ...KEY, revision: ABSENT_REVISION }];
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: BOB });
      const edit = { add: [rowOf(1, 1, 2)] };
      const options = { by: ALICE, idempotencyKey: "k" };
      await assertRejects(
        () => routes.edit(edit, { ...options, ifMatch: wrong }),
        ConflictError,
      );
      assertEquals((await routes.edit(edit, options)).added, 1);
    },
  ),
  "reverseEdit() brings a route back as it was, attributes and settings too":
    onBoth(async ({ routes, admin }) => {
      await routes.edit({
        add: [{ ...rowOf(1, 1, 1), weight: 50, zone: "a" }, rowOf(1, 1, 2)],
        settings: [{ ...KEY, policy: "adaptive", check: true }],
      }, { by: ALICE });
      const [before] = await routes.read([KEY]);
      const { change } = await routes.edit({
        remove: [rowOf(1, 1, 1)],
        add: [rowOf(1, 1, 3)],
        set: [{ ...rowOf(1, 1, 2), weight: 7 }],
        settings: [{ ...KEY, policy: "lars", check: null }],
      }, { by: BOB });
      const { routes: diffs } = (await admin.change(change!))!;
      await routes.edit(reverseEdit(diffs), { by: ALICE });
      const [after] = await routes.read([KEY]);
      assertEquals(revisionOf(after!), revisionOf(before!));
      // Also where it took the whole route away.
      const { change: gone } = await routes.edit({
        remove: after!.hosts.map((host) => ({ ...KEY, ...host })),
      }, { by: BOB });
      await routes.edit(
        reverseEdit((await admin.change(gone!))!.routes),
        { by: ALICE },
      );
      const [again] = await routes.read([KEY]);
      assertEquals(revisionOf(again!), revisionOf(before!));
    }),
  "noteByHand() keeps what was changed past Lars once, with what was there":
    onBoth(async ({ routes, admin }, { tables }) => {
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      await tables.insertHost(rowOf(2, 1, 1));
      // How long that has been there is not known.
      assertEquals(await admin.noteByHand([KEY, { modId: 2, cmdId: 1 }]), 0);
      assertEquals(await admin.isWatching(), false);
      await admin.startWatch();
      await admin.startWatch();
      assertEquals(await admin.isWatching(), true);
      await tables.insertHost(rowOf(1, 1, 2));
      await tables.insertHost(rowOf(3, 1, 1));
      await tables.deleteRoute({ modId: 2, cmdId: 1 });
      const keys = [1, 2, 3].map((modId) => ({ modId, cmdId: 1 }));
      assertEquals(await admin.noteByHand(keys), 3);
      assertEquals(await admin.noteByHand(keys), 0);
      const [change, ...others] = await admin.changes({ limit: 9 });
      assertEquals(others.length, 1);
      assertEquals(change!.actor, BY_HAND);
      assertEquals(
        change!.routes.map(({ modId, added, removed }) => [
          modId,
          added.map(({ ip }) => ip),
          removed.map(({ ip }) => ip),
        ]),
        [
          [1, [rowOf(1, 1, 2).ip], []],
          [2, [], [rowOf(2, 1, 1).ip]],
          [3, [rowOf(3, 1, 1).ip], []],
        ],
      );
      assertEquals(
        (await admin.revisions({ limit: 9 })).map(({ modId }) => modId),
        [1, 3],
      );
    }),
  "edit() tells what was done by hand before from what it does itself": onBoth(
    async ({ routes, admin }, { tables }) => {
      await routes.edit({ add: [rowOf(1, 1, 1)] }, { by: ALICE });
      await tables.insertHost(rowOf(1, 1, 2));
      await routes.edit({ add: [rowOf(1, 1, 3)] }, { by: BOB });
      const changes = await admin.changes({ limit: 9, key: KEY });
      assertEquals(
        changes.map(({ actor, routes }) => [actor, routes[0]!.added]),
        [
          [BOB.actor, [hostOf(rowOf(1, 1, 3))]],
          [BY_HAND, [hostOf(rowOf(1, 1, 2))]],
          [ALICE.actor, [hostOf(rowOf(1, 1, 1))]],
        ],
      );
      assertEquals(await admin.noteByHand([KEY]), 0);
    },
  ),
  "changes() and audit() give pages, the newest first, also of one route":
    onBoth(async ({ routes, admin }) => {
      for (const last of [1, 2, 3, 4, 5]) {
        await routes.edit(
          { add: [rowOf(last % 2, 1, last)] },
          { by: ALICE },
        );
      }
      const ids = (await admin.changes({ limit: 9 })).map(({ id }) => id);
      assertEquals(ids.length, 5);
      assert(ids[0]! > ids[4]!);
      assertEquals(
        (await admin.changes({ limit: 2, before: ids[1]! }))
          .map(({ id }) => id),
        ids.slice(2, 4),
      );
      const key = { modId: 1, cmdId: 1 };
      assertEquals(
        (await admin.changes({ limit: 2, key })).map(({ id }) => id),
        [ids[0]!, ids[2]!],
      );
      assertEquals(
        (await admin.changes({ limit: 9, key, before: ids[2]! }))
          .map(({ id }) => id),
        [ids[4]!],
      );
      const lines = await admin.audit({ limit: 3 });
      assertEquals(lines.length, 3);
      assertEquals(
        (await admin.audit({ limit: 9, before: lines[2]!.id })).length,
        2,
      );
      const changed = await admin.lastChanges([key, { modId: 8, cmdId: 8 }]);
      assertEquals(changed.map(({ modId }) => modId), [1]);
      assertEquals(await admin.expire(), false);
    }),
  "addFirstUser() adds one, and never another": onBoth(async ({ admin }) => {
    assertEquals(await admin.users(), []);
    assertEquals(await admin.addFirstUser(USER, ALICE), true);
    assertEquals(
      await admin.addFirstUser({ ...USER, name: "eve" }, ALICE),
      false,
    );
    assertEquals(await admin.users(), [USER]);
    assertEquals((await admin.audit({ limit: 9 })).length, 1);
  }),
  "putUser() ends the sessions of a user whose password is another": onBoth(
    async ({ admin }) => {
      await admin.putUser(USER, ALICE);
      await admin.addSession(SESSION, 0);
      await admin.putUser({ ...USER, scopes: ["admin"], createdAt: 9 }, ALICE);
      assertEquals(await admin.session(SESSION.hash), {
        session: SESSION,
        user: { ...USER, scopes: ["admin"] },
      });
      await admin.putUser({ ...USER, password: undefined }, ALICE);
      assertEquals(await admin.session(SESSION.hash), undefined);
      assertEquals(await admin.sessions(), []);
    },
  ),
  "removeUser() takes its sessions along": onBoth(async ({ admin }) => {
    await admin.putUser(USER, ALICE);
    await admin.addSession(SESSION, 0);
    assertEquals(await admin.removeUser("nobody", ALICE), false);
    assertEquals(await admin.removeUser("alice", ALICE), true);
    assertEquals(await admin.sessions(), []);
    assertEquals(await admin.users(), []);
  }),
  "addSession() removes those that are idle": onBoth(async ({ admin }) => {
    await admin.putUser(USER, ALICE);
    await admin.addSession(SESSION, 0);
    await admin.touchSession(SESSION.hash, 1_500);
    const next = { ...SESSION, hash: hashOf("b"), usedAt: 3_000 };
    await admin.addSession(next, 1_500);
    assertEquals((await admin.sessions("alice")).length, 2);
    const last = { ...SESSION, hash: hashOf("c"), usedAt: 4_000 };
    await admin.addSession(last, 1_501);
    assertEquals(
      (await admin.sessions()).map(({ hash }) => hash).sort(),
      [next.hash, last.hash].sort(),
    );
    await admin.removeSession(next.hash);
    assertEquals((await admin.sessions()).length, 1);
    assertEquals(await admin.sessions("bob"), []);
  }),
  "removeSession() keeps who ended whose, once, and nothing if that is not said":
    onBoth(async ({ admin }) => {
      await admin.addSession(SESSION, 0);
      await admin.removeSession(SESSION.hash, BOB);
      await admin.removeSession(SESSION.hash, BOB);
      await admin.addSession(SESSION, 0);
      await admin.removeSession(SESSION.hash);
      assertEquals(await admin.sessions(), []);
      const lines = await admin.audit({ limit: 9 });
      assertEquals(
        lines.map(({ actor, target }) => [actor, target]),
        [[BOB.actor, "session of alice"]],
      );
    }),
  "addToken() keeps a token by its hash until it is removed": onBoth(
    async ({ admin }) => {
      const token = {
        name: "ci",
        scopes: ["read"],
        createdBy: "user alice",
        createdAt: 1_000,
        expiresAt: 2_000,
      };
      const hash = hashOf("lars_x");
      const id = await admin.addToken({ ...token, hash }, ALICE);
      assertEquals(await admin.token(hash), {
        ...token,
        id,
        usedAt: undefined,
      });
      await admin.touchToken(id, 1_234);
      assertEquals((await admin.tokens())[0]!.usedAt, 1_234);
      assertEquals(await admin.token(hashOf("lars_y")), undefined);
      assertEquals(await admin.removeToken(id, ALICE), true);
      assertEquals(await admin.removeToken(id, ALICE), false);
      assertEquals(await admin.token(hash), undefined);
    },
  ),
  "putName() names modules and commands, whatever characters it has": onBoth(
    async ({ admin }) => {
      const name = {
        modId: 1,
        cmdId: undefined,
        name: `支付 'x' "y" \\ <b>`,
        owner: "pay team",
        runbook: "https://example.com/",
      };
      const command = { ...name, cmdId: 7, name: "charge", owner: undefined };
      await admin.putName(name, ALICE);
      await admin.putName(command, ALICE);
      assertEquals(await admin.names(), [name, command]);
      const nothing = { name: undefined, owner: undefined, runbook: undefined };
      await admin.putName({ modId: 1, cmdId: undefined, ...nothing }, ALICE);
      assertEquals(await admin.names(), [command]);
    },
  ),
};
