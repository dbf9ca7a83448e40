import { assertEquals } from "@std/assert";
import { HostReason, parseAddress } from "../../proto/mod.ts";
import { FakeFleet } from "../../store/testing/mod.ts";
import { WebFixture } from "../testing/web_fixture.ts";

Deno.test("an agent leads to the routes of which it holds a host out", async () => {
  await using fixture = await WebFixture.open();
  const { routes, history, clock } = fixture;
  const host = "10.0.0.1:80";
  const keys = [1, 2, 3].map((modId) => ({ modId, cmdId: 1 }));
  await routes.edit({
    add: keys.map((key) => ({ ...key, ...parseAddress(host) })),
  });
  await history.beat(["sick", "well"].map((name) => FakeFleet.agent(name)));
  const fleet = new FakeFleet(history);
  for (const key of keys.slice(1)) {
    await fleet.see(["sick"], {
      ...key,
      host,
      since: clock.wallSeconds(),
      reason: HostReason.refused,
    });
  }
  await clock.advance(2_000);
  const ask = async (path: string) => {
    const { status, json } = await fixture.ask({ path, scopes: ["read"] });
    return status === 200 ? json.items : status;
  };
  const agents = await ask("/agents");
  assertEquals(
    agents.map(({ name, routesOut }: { name: string; routesOut: number }) => [
      name,
      routesOut,
    ]).sort(),
    [["sick", 2], ["well", 0]],
  );
  const found = async (name: string, more = "") =>
    (await ask(`/routes?agent=${FakeFleet.identity(name)}${more}`))
      .map(({ modId }: { modId: number }) => modId);
  assertEquals(await found("sick"), [2, 3]);
  assertEquals(await found("sick", "&q=3/1"), [3]);
  assertEquals(await found("well"), []);
  assertEquals(await ask("/routes?agent=sick"), 400);
  const at = new Date(clock.wallSeconds() * 1_000).toISOString();
  const identity = FakeFleet.identity("sick");
  assertEquals(await ask(`/routes?agent=${identity}&at=${at}`), 400);
});
