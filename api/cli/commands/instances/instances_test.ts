import { assertEquals, assertStringIncludes } from "@std/assert";
import { HostReason, HostState, parseAddress } from "../../../../proto/mod.ts";
import {
  type LeaseRenewal,
  openHistoryStore,
  openLeaseStore,
} from "../../../../store/mod.ts";
import { VirtualClock } from "../../../../net/testing/mod.ts";
import { onStore, type Ran } from "../../testing/mod.ts";

/** What an agent says of itself. */
function leaseOf(name: string, digit: string): LeaseRenewal {
  return {
    agent: digit.repeat(32),
    epoch: 1,
    renewal: 1,
    ttlMs: 30_000,
    name,
    address: `10.0.0.${digit}`,
    dns: "dns-1",
  };
}

/** Registers hosts of route (1, 2) as an agent does. */
async function register(
  folder: string,
  lease: LeaseRenewal,
  hosts: readonly string[],
  { notReady = false, isOverdue = false } = {},
): Promise<void> {
  const context = { dataDir: `${folder}/data`, clock: new VirtualClock() };
  await using store = await openLeaseStore({ kind: "sqlite" }, context);
  await store.sync([{
    lease,
    hash: 1,
    hosts: hosts.map((host) => ({
      modId: 1,
      cmdId: 2,
      ...parseAddress(host),
      version: "1.0",
      notReady,
    })),
  }]);
  if (isOverdue) await store.mark([lease]);
}

/** Tells, as an agent does, of calls under way at a host of route (1, 2) that has left it. */
async function tellCalls(
  folder: string,
  host: string,
  inFlight: number,
): Promise<void> {
  const context = { dataDir: `${folder}/data`, clock: new VirtualClock() };
  await using store = await openHistoryStore({ kind: "sqlite" }, context);
  await store.writeStates({
    rows: [{
      modId: 1,
      cmdId: 2,
      ...parseAddress(host),
      agent: "3".repeat(32),
      state: HostState.drained,
      reason: HostReason.drained,
      since: 0,
      inFlight,
      nextTryMs: 0,
    }],
  });
}

/** What was printed, without times of day. */
function lines({ output }: Ran): string[] {
  return output.replaceAll(/\d\d:\d\d|\d+ \w{3} \d\d:\d\d/g, "TIME")
    .replaceAll(/ +/g, " ").trimEnd().split("\n");
}

Deno.test("lars instances shows where hosts registered, by which agent, and in which state", async () => {
  await onStore(async (lars, folder) => {
    assertEquals(
      (await lars("instances")).errors,
      "No host has registered itself\n",
    );
    await register(folder, leaseOf("web-1", "1"), [
      "10.0.0.1:80",
      "10.0.0.1:81",
    ]);
    await register(folder, leaseOf("", "2"), ["10.0.0.2:80"], {
      notReady: true,
      isOverdue: true,
    });
    await lars("host", "drain", "10.0.0.1:81", "--reason", "disk");
    assertEquals(lines(await lars("instances")), [
      "route host state since agent lease version",
      "1 2 10.0.0.1:80 served TIME web-1 renewed 1.0",
      "1 2 10.0.0.1:81 drained TIME web-1 renewed 1.0",
      "1 2 10.0.0.2:80 not ready TIME 22222222 overdue 1.0",
    ]);
    await tellCalls(folder, "10.0.0.2:80", 3);
    assertEquals(
      lines(await lars("instances")).at(-1),
      "1 2 10.0.0.2:80 not ready, 3 calls in flight TIME 22222222 overdue 1.0",
    );
    const one = await lars(
      "instances",
      "1",
      "2",
      "--agent",
      "10.0.0.2",
      "--json",
    );
    const { instances } = JSON.parse(one.output);
    assertEquals(instances.length, 1);
    const { since, ...rest } = instances[0];
    assertEquals(typeof since, "string");
    assertEquals(rest, {
      modid: 1,
      cmdid: 2,
      host: "10.0.0.2:80",
      state: "not_ready",
      drained: false,
      inFlight: 3,
      static: false,
      version: "1.0",
      agent: {
        id: "2".repeat(32),
        name: "",
        address: "10.0.0.2",
        dns: "dns-1",
        instances: 1,
        ttlMs: 30_000,
        overdue: true,
      },
    });
    const none = await lars("instances", "1", "3", "--json");
    assertEquals(none.output, '{"instances":[]}\n');
    assertEquals(lines(await lars("instances", "agents")), [
      "agent id address instances lease dns",
      "22222222 22222222 10.0.0.2 1 overdue dns-1",
      "web-1 11111111 10.0.0.1 2 renewed dns-1",
    ]);
  });
});

Deno.test("lars instances remove takes a host out, and its agent does not bring it back", async () => {
  await onStore(async (lars, folder) => {
    const lease = leaseOf("web-1", "1");
    await register(folder, lease, ["10.0.0.1:80", "10.0.0.1:81"]);
    const removed = await lars("instances", "remove", "1", "2", "10.0.0.1:80");
    assertStringIncludes(removed.output, "removed 1 of 1 from (1, 2) in STORE");
    await register(folder, { ...lease, renewal: 2 }, [
      "10.0.0.1:80",
      "10.0.0.1:81",
    ]);
    const [, first] = lines(await lars("instances", "1", "2"));
    assertEquals(
      first,
      "1 2 10.0.0.1:80 removed by hand TIME web-1 renewed 1.0",
    );
    assertEquals(lines(await lars("route", "list")).length, 1);
    const again = await lars("instances", "remove", "1", "2", "10.9.9.9:80");
    assertEquals(again.code, 3);
    assertStringIncludes(again.errors, "none of them has registered itself");
  });
});

Deno.test("lars instances remove names what it removed, and on the side what was not registered", async () => {
  await onStore(async (lars, folder) => {
    await register(folder, leaseOf("web-1", "1"), [
      "10.0.0.1:80",
      "10.0.0.1:81",
    ]);
    const remove = (...more: string[]) =>
      lars("instances", "remove", "1", "2", ...more);
    const some = await remove("10.0.0.1:80", "10.0.0.1:80", "10.0.0.9:80");
    assertEquals([some.code, some.output, some.errors], [
      3,
      "removed 1 of 2 from (1, 2) in STORE: 10.0.0.1:80\n" +
      '"lars host undrain IP:PORT 1 2" brings one back\n',
      'Cannot remove 10.0.0.9:80 of (1, 2) as none of them has registered itself: "lars route remove" removes what was made by hand\n',
    ]);
    const json = await remove("10.0.0.1:81", "10.0.0.9:80", "--json");
    assertEquals([json.code, json.output], [
      3,
      '{"removed":1,"unchanged":["10.0.0.9:80"]}\n',
    ]);
  });
});

Deno.test("lars instances gone ends what hangs on machines that have gone silent, and on no other", async () => {
  await onStore(async (lars, folder) => {
    await register(folder, leaseOf("web-1", "1"), ["10.0.0.1:80"]);
    await register(folder, leaseOf("web-2", "2"), ["10.0.0.2:80"], {
      isOverdue: true,
    });
    const living = await lars("instances", "gone", "web-1", "web-2");
    assertEquals(living.code, 64);
    assertStringIncludes(living.errors, "of web-1 as it is renewed");
    const gone = await lars("instances", "gone", "2222");
    assertEquals(gone.output, "web-2: gone, 1 hosts removed\n");
    assertEquals(lines(await lars("instances", "agents")).slice(1), [
      "web-1 11111111 10.0.0.1 1 renewed dns-1",
    ]);
    const unknown = await lars("instances", "gone", "web-2");
    assertEquals(unknown.code, 3);
    assertStringIncludes(unknown.errors, 'the id "web-2"');
  });
});

Deno.test("lars instances asks which agent is meant where several are", async () => {
  await onStore(async (lars, folder) => {
    await register(folder, leaseOf("web", "1"), ["10.0.0.1:80"]);
    await register(folder, leaseOf("web", "2"), ["10.0.0.2:80"]);
    const both = await lars("instances", "--agent", "web");
    assertEquals(both.code, 64);
    assertStringIncludes(both.errors, "its id: 11111111, 22222222");
  });
});
