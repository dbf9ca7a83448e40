import { assertEquals, assertRejects } from "@std/assert";
import type {
  AgentSet,
  LeaseRenewal,
  LeaseSeen,
  LeaseStore,
  Registration,
  SyncOptions,
} from "../../instances/types.ts";
import { placeOf } from "../../instances/rows.ts";
import type { HostRow, RouteRow, RouteStore } from "../../types.ts";
import {
  assertPoll,
  rowOf,
  scanAll,
  type StoreFixture,
  type TestBody,
} from "../fixture.ts";

const [A, B, C] = [rowOf(1, 1, 1), rowOf(1, 1, 2), rowOf(1, 2, 1)];

/** Both stores of a fixture, and what agents say. */
class Registry implements AsyncDisposable {
  #renewal = 0;

  private constructor(
    readonly routes: RouteStore,
    readonly leases: LeaseStore,
  ) {}

  static async open(fixture: StoreFixture): Promise<Registry> {
    return new Registry(await fixture.openRoutes(), await fixture.openLeases());
  }

  /** What agent `name` says of itself, anew at each call. */
  lease(name: string, more: Partial<LeaseRenewal> = {}): LeaseRenewal {
    return {
      agent: agentId(name),
      epoch: 7,
      renewal: this.#renewal += 1,
      ttlMs: 30_000,
      name,
      address: "10.0.0.9",
      dns: "dns-1",
      ...more,
    };
  }

  set(
    name: string,
    hosts: readonly Partial<Registration>[],
    more: Partial<LeaseRenewal> = {},
  ): AgentSet {
    return {
      lease: this.lease(name, more),
      hash: hosts.length,
      hosts: hosts.map((host) => ({
        ...A,
        version: "1.0",
        notReady: false,
        ...host,
      })),
    };
  }

  /** Registers for one agent; returns what was refused, and what stays away. */
  async register(
    name: string,
    hosts: readonly Partial<Registration>[],
    options?: SyncOptions,
  ): Promise<{ refused: RouteRow[]; removed: RouteRow[] }> {
    const [outcome] = await this.leases.sync(
      [this.set(name, hosts)],
      options,
    );
    if (outcome?.state !== "stored") throw new Error("not stored");
    const { refused, removed } = outcome;
    return { refused: refused.map(placeOf), removed };
  }

  async seen(name: string): Promise<LeaseSeen> {
    const lease = (await this.leases.leases())
      .find(({ agent }) => agent === agentId(name))!;
    return { agent: lease.agent, epoch: lease.epoch, renewal: lease.renewal };
  }

  /** Hosts that are served, each as "cmdid last", and with its weight if it has one. */
  async served(): Promise<string[]> {
    return (await scanAll(this.routes)).flatMap(({ cmdId, hosts }) =>
      hosts.map(({ ip, weight, drained }) =>
        [cmdId, ip & 255, weight, drained && "drained"]
          .filter(Boolean).join(" ")
      )
    ).sort();
  }

  /** Instances, each as "cmdid last agent state". */
  async instances(): Promise<string[]> {
    const rows = await this.leases.instances({ limit: 99 });
    return rows.map(({ cmdId, ip, agent, state, isStatic }) =>
      [cmdId, ip & 255, nameOf(agent), state, isStatic && "static"]
        .filter(Boolean).join(" ")
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leases[Symbol.asyncDispose]();
    await this.routes[Symbol.asyncDispose]();
  }
}

/** What every store does with leases and instances. */
export const instanceTests: Record<string, TestBody> = {
  async "sync() serves what agents register, in one transaction that names the routes and who did it"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await using admin = await fixture.openAdmin();
    const { leases } = registry;
    const feed = await registry.routes.watch();
    const outcomes = await leases.sync([
      registry.set("a", [{ ...A, weight: 50, zone: "z1" }, C]),
      registry.set("b", [B]),
    ]);
    const stored = { state: "stored" as const, refused: [], removed: [] };
    assertEquals(outcomes, [stored, stored]);
    await assertPoll(feed, [A, B, C]);
    assertEquals(await registry.served(), ["1 1 50", "1 2", "2 1"]);
    assertEquals(await registry.instances(), [
      "1 1 a served",
      "1 2 b served",
      "2 1 a served",
    ]);
    const [a, b] = await leases.leases();
    assertEquals(
      [a?.name, a?.instances, a?.hash, a?.overdue, b?.instances],
      ["a", 2, 2, false, 1],
    );
    const [change] = await admin.changes({ limit: 9 });
    assertEquals(
      [change?.actor, change?.action, change?.comment, change?.routeCount],
      ["2 agents", "register", "a, b", 2],
    );

    await registry.register("a", [{ ...A, weight: 50, zone: "z1" }, C]);
    await assertPoll(feed, []);
    await registry.register("a", [{ ...A, weight: 60 }]);
    assertEquals(await registry.served(), ["1 1 60", "1 2"]);
    const [own] = await admin.changes({ limit: 1 });
    assertEquals([own?.actor, own?.address], ["agent a", "10.0.0.9"]);
    await registry.register("a", []);
    await registry.register("b", []);
    assertEquals(await registry.served(), []);
    assertEquals(await registry.instances(), []);
    assertEquals(await leases.leases(), []);
  },
  async "sync() takes a host out at once that is not ready, and brings it back"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [{ ...A, notReady: true }, B]);
    assertEquals(await registry.served(), ["1 2"]);
    await registry.register("a", [A, { ...B, notReady: true }]);
    assertEquals(await registry.served(), ["1 1"]);
    assertEquals(await registry.instances(), [
      "1 1 a served",
      "1 2 a not_ready",
    ]);
  },
  async "sync() keeps a weight that a person gave, until another is registered"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [{ ...A, weight: 50 }]);
    await registry.routes.edit({ set: [{ ...A, weight: 10 }] });
    await registry.register("a", [{ ...A, weight: 50, version: "2.0" }]);
    assertEquals(await registry.served(), ["1 1 10"]);
    await registry.register("a", [{ ...A, weight: 70 }]);
    assertEquals(await registry.served(), ["1 1 70"]);
  },
  async "sync() and expire() leave a row that was made by hand, with its weight"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.routes.edit({ add: [{ ...A, weight: 20 }, B] });
    await registry.register("a", [{ ...A, weight: 90 }, {
      ...B,
      notReady: true,
    }]);
    assertEquals(await registry.served(), ["1 1 20", "1 2"]);
    assertEquals(await registry.instances(), [
      "1 1 a served static",
      "1 2 a not_ready static",
    ]);
    await registry.register("a", [A]);
    await registry.leases.expire([await registry.seen("a")], {
      by: { actor: "dns" },
    });
    assertEquals(await registry.instances(), []);
    assertEquals(await registry.served(), ["1 1 20", "1 2"]);
  },
  async "a host that a person removes stays away, whatever its agent says, until that is taken back"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const { routes } = registry;
    await registry.register("a", [A, B]);
    await routes.edit({ remove: [A] });
    const isServed = ({ ip }: RouteRow) => ip === A.ip;
    const unknown = await registry.register("a", [A, B], { isServed });
    assertEquals(unknown.removed, []);
    assertEquals(await registry.served(), ["1 2"]);
    const first = await registry.register("a", [A, B]);
    assertEquals(first.removed, [A]);
    assertEquals(await registry.served(), ["1 2"]);
    const [drain] = await routes.drains();
    const { modId, cmdId, ip, port } = A;
    assertEquals(
      [drain?.reason, drain?.ip, drain?.port, drain?.route],
      ["removed by hand", ip, port, { modId, cmdId }],
    );
    // Neither another start of its program nor another agent brings it back.
    await registry.register("a", [B]);
    assertEquals((await registry.register("a", [A, B])).removed, [A]);
    assertEquals((await registry.register("a", [B])).removed, []);
    assertEquals((await registry.register("b", [A])).removed, [A]);
    assertEquals(await registry.served(), ["1 2"]);

    await routes.edit({ undrain: [{ ip, port, route: { modId, cmdId } }] });
    assertEquals((await registry.register("b", [A])).removed, []);
    assertEquals(await registry.served(), ["1 1", "1 2"]);
  },
  async "a host that a person removes and puts back is that person's from then on"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [A]);
    await registry.routes.edit({ remove: [A] });
    await registry.register("a", [A]);
    await registry.routes.edit({ add: [A] });
    assertEquals(await registry.served(), ["1 1 drained"]);
    await registry.register("a", [A]);
    assertEquals(await registry.served(), ["1 1"]);
    assertEquals(await registry.instances(), ["1 1 a served static"]);
    await registry.register("a", []);
    assertEquals(await registry.served(), ["1 1"]);
  },
  async "a host that a person removes while it deregisters stays away when it comes again"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [A]);
    await registry.routes.edit({ remove: [A] });
    await registry.register("a", []);
    assertEquals((await registry.register("a", [A])).removed, [A]);
    assertEquals(await registry.served(), []);
  },
  async "remove() takes instances away, and keeps who wanted it"(fixture) {
    await using registry = await Registry.open(fixture);
    await using admin = await fixture.openAdmin();
    await registry.register("a", [A, B]);
    const by = { actor: "user alice" };
    assertEquals(await registry.leases.remove([A, C], by), 1);
    assertEquals(await registry.served(), ["1 2"]);
    assertEquals((await registry.routes.drains())[0]?.who, "user alice");
    const [change] = await admin.changes({ limit: 1 });
    assertEquals(change?.actor, "user alice");
    assertEquals((await registry.register("a", [A, B])).removed, [A]);
    assertEquals(await registry.served(), ["1 2"]);
  },
  async "a drained host stays drained when it is registered, and goes when it is not"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const drain = { ip: A.ip, who: "alice", reason: "disk" };
    await registry.routes.edit({ drain: [drain] });
    await registry.register("a", [A, B]);
    assertEquals(await registry.served(), ["1 1 drained", "1 2"]);
    await registry.register("a", [B]);
    assertEquals(await registry.served(), ["1 2"]);
  },
  async "sync() refuses a host that another agent holds, unless it may be taken"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [A, B]);
    const names: unknown[] = [];
    const refused = await registry.register("b", [A, C], {
      mayTake: (holder, claimant) => {
        names.push(holder?.name, claimant.name);
        return false;
      },
    });
    assertEquals([names, refused.refused], [["a", "b"], [A]]);
    assertEquals(await registry.instances(), [
      "1 1 a served",
      "1 2 a served",
      "2 1 b served",
    ]);
    const mayTake = () => true;
    await registry.register("b", [A, C], { mayTake });
    assertEquals(await registry.served(), ["1 1", "1 2", "2 1"]);
    const counts = (await registry.leases.leases())
      .map(({ name, instances }) => [name, instances]);
    assertEquals(counts, [["a", 1], ["b", 2]]);
    await registry.register("b", [A, B, C], { mayTake });
    assertEquals((await registry.leases.leases()).length, 1);
  },
  async "renew() moves leases without touching what is registered, and ends that they are overdue"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const { leases } = registry;
    await registry.register("a", [A]);
    const version = await fixture.tables.version();
    const seen = await registry.seen("a");
    await leases.mark([seen, { ...seen, agent: agentId("x") }]);
    assertEquals((await leases.leases())[0]?.overdue, true);
    await leases.renew([
      registry.lease("b"),
      registry.lease("a", { epoch: 9, dns: "dns-2" }),
    ]);
    const [a, b, ...more] = await leases.leases();
    assertEquals(
      [a?.epoch, a?.dns, a?.hash, a?.instances, a?.overdue],
      [9, "dns-2", 1, 1, false],
    );
    assertEquals([b?.name, b?.hash, b?.instances, more], ["b", 0, 0, []]);
    // Too late: it was renewed since.
    await leases.mark([seen]);
    assertEquals((await leases.leases())[0]?.overdue, false);
    assertEquals(await fixture.tables.version(), version);
    const all = Array.from(
      { length: 600 },
      (_, index) =>
        registry.lease(`n${index}`, { agent: agentId(`n${index}`) }),
    );
    await leases.renew(all);
    assertEquals((await leases.leases()).length, 602);
  },
  async "sync() of an older renewal changes nothing"(fixture) {
    await using registry = await Registry.open(fixture);
    const old = registry.set("a", [A]);
    await registry.register("a", [A, B]);
    assertEquals(await registry.leases.sync([old]), [{ state: "stale" }]);
    assertEquals(await registry.served(), ["1 1", "1 2"]);
    // Of another start of the agent, which cannot be older.
    const restarted = { ...old, lease: { ...old.lease, epoch: 8 } };
    await registry.leases.sync([restarted]);
    assertEquals(await registry.served(), ["1 1"]);
  },
  async "expire() ends a lease as it was seen, and none that was renewed since"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    await using admin = await fixture.openAdmin();
    const { leases } = registry;
    await registry.register("a", [A, C]);
    await registry.register("b", [B]);
    const seen = [await registry.seen("a"), await registry.seen("b")];
    await leases.renew([registry.lease("b")]);
    const feed = await registry.routes.watch();
    const by = { actor: "dns dns-1", action: "expire" };
    const outcomes = await leases.expire(seen, { by });
    assertEquals(
      outcomes.map(({ state, removed }) => [state, removed]),
      [["expired", [A, C]], ["cancelled", []]],
    );
    await assertPoll(feed, [B], { gone: [C] });
    assertEquals(await registry.instances(), ["1 2 b served"]);
    assertEquals((await leases.leases()).map(({ name }) => name), ["b"]);
    const [change] = await admin.changes({ limit: 1 });
    assertEquals([change?.actor, change?.action], ["dns dns-1", "expire"]);
  },
  async "expire() leaves a route the hosts that it keeps at least, and the lease with them"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const { leases } = registry;
    await registry.register("a", [A, C]);
    await registry.register("b", [B]);
    const seen = [await registry.seen("a"), await registry.seen("b")];
    const by = { actor: "dns" };
    const least = ({ cmdId }: { cmdId: number }) => cmdId === 1 ? 1 : 0;
    const outcomes = await leases.expire(seen, { by, least });
    assertEquals(
      outcomes.map(({ state, removed }) => [state, removed]),
      [["expired", [A, C]], ["part", []]],
    );
    assertEquals(await registry.served(), ["1 2"]);
    const only = ({ ip }: RouteRow) => ip !== B.ip;
    const [second] = await leases.expire([seen[1]!], { by, only });
    assertEquals([second?.state, second?.removed], ["part", []]);
    const [third] = await leases.expire([seen[1]!], { by });
    assertEquals([third?.state, third?.removed], ["expired", [B]]);
    assertEquals(await leases.leases(), []);
  },
  async "expire() keeps away what a person has removed"(fixture) {
    await using registry = await Registry.open(fixture);
    await registry.register("a", [A]);
    await registry.routes.edit({ remove: [A] });
    await registry.leases.expire([await registry.seen("a")], {
      by: { actor: "dns" },
    });
    assertEquals((await registry.register("a", [A])).removed, [A]);
    assertEquals(await registry.served(), []);
  },
  async "instances() reads by route, address and agent, page by page"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const { leases } = registry;
    const rows: HostRow[] = [1, 2, 3].flatMap((cmdId) =>
      [1, 2, 3].map((last) => rowOf(1, cmdId, last))
    );
    await registry.register("a", [...rows, { ...A, port: 80 }]);
    await registry.register("b", [rowOf(2, 1, 1)]);
    const pages: number[] = [];
    let after: RouteRow | undefined;
    for (;;) {
      const page = await leases.instances({ after, limit: 4 });
      if (page.length === 0) break;
      pages.push(page.length);
      after = page.at(-1);
    }
    assertEquals(pages, [4, 4, 3]);
    const count = async (query: Parameters<LeaseStore["instances"]>[0]) =>
      (await leases.instances(query)).length;
    const limit = 99;
    assertEquals(await count({ key: { modId: 1, cmdId: 2 }, limit }), 3);
    assertEquals(await count({ host: { ip: A.ip }, limit }), 5);
    assertEquals(await count({ host: { ip: A.ip, port: 80 }, limit }), 1);
    assertEquals(await count({ agent: agentId("b"), limit }), 1);
    const key = { modId: 2, cmdId: 1 };
    assertEquals(await count({ key, agent: agentId("a"), limit }), 0);
    const [first] = await leases.instances({ key, limit: 1 });
    assertEquals([first?.agent, first?.version], [agentId("b"), "1.0"]);
  },
  async "sync() and renew() refuse what no table holds, and write nothing"(
    fixture,
  ) {
    await using registry = await Registry.open(fixture);
    const { leases } = registry;
    for (
      const host of [{ weight: 0 }, { zone: "a b" }, { ip: 0 }, {
        version: "v".repeat(65),
      }]
    ) {
      await assertRejects(
        () => leases.sync([registry.set("a", [B, { ...A, ...host }])]),
        RangeError,
        "Cannot register instances as",
      );
    }
    await assertRejects(
      () => leases.sync([registry.set("a", [A, A])]),
      RangeError,
    );
    await assertRejects(
      () => leases.renew([registry.lease("a", { agent: "x" })]),
      RangeError,
    );
    assertEquals(await registry.served(), []);
    assertEquals(await leases.leases(), []);
  },
};

function agentId(name: string): string {
  return new TextEncoder().encode(name).toHex().padEnd(32, "0");
}

function nameOf(agent: string): string {
  return String.fromCharCode(parseInt(agent.slice(0, 2), 16));
}
