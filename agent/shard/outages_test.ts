import { assert, assertEquals } from "@std/assert";
import { ShardFixture } from "../testing/shard_fixture.ts";

const BAD = "10.0.0.1:80";
const HOSTS = [BAD, "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"];

/** Picks and reports until `BAD`, which fails each call, is out of use. */
function takeOut(fixture: ShardFixture): void {
  fixture.update("1/1", ...HOSTS);
  for (let call = 0; call < 1_000; call++) {
    fixture.nowMs += 10;
    const host = String(fixture.getHost("1/1"));
    fixture.report("1/1", host, host === BAD ? "-" : "+");
  }
  assertEquals(stateOf(fixture), `${BAD}!`);
}

/** The host that is bad, with "!" while it is out of use. */
function stateOf(fixture: ShardFixture): string | undefined {
  return fixture.getRoute("1/1", true).find((host) => host.startsWith(BAD));
}

/** The next run of an agent: its clock begins anew, and it is told what the last one knew. */
function restart(before: ShardFixture, policy: string): ShardFixture {
  const after = new ShardFixture({ policy });
  after.update("1/1", ...HOSTS);
  after.shard.restore(before.shard.outages(before.nowMs), after.nowMs);
  return after;
}

/** How many of `picks` picks, 10 ms apart, went to the bad host; a call to it goes as `sign` says. */
function picksOfBad(
  fixture: ShardFixture,
  { picks, sign }: { picks: number; sign: "+" | "-" },
): number {
  let count = 0;
  for (let pick = 0; pick < picks; pick++) {
    fixture.nowMs += 10;
    const host = String(fixture.getHost("1/1"));
    if (host === BAD) count += 1;
    fixture.report("1/1", host, host === BAD ? sign : "+");
  }
  return count;
}

for (const policy of ["lars", "adaptive"]) {
  Deno.test(`a host out of use stays so over a restart, and comes back by its probes (${policy})`, () => {
    const before = new ShardFixture({ policy });
    takeOut(before);
    const after = restart(before, policy);
    assertEquals(stateOf(after), `${BAD}!`);
    assertEquals(
      after.getRoute("1/1", true).filter((host) => host.endsWith("!")).length,
      1,
    );
    // As a probe at most: the rule of lars sends one in eleven.
    const picks = 100;
    assert(picksOfBad(after, { picks, sign: "-" }) <= picks / 10);
    assertEquals(stateOf(after), `${BAD}!`);
    picksOfBad(after, { picks: 10_000, sign: "+" });
    assertEquals(stateOf(after), BAD);
  });
}

Deno.test("an ejection goes on after a restart where it was, and is the longer for those before", () => {
  const before = new ShardFixture({ policy: "adaptive" });
  takeOut(before);
  picksOfBad(before, { picks: 6_000, sign: "-" });
  const [outage] = before.shard.outages(before.nowMs)[0]!.hosts;
  assertEquals(outage!.state, "ejected");
  assert(outage!.ejections > 2);

  const after = restart(before, "adaptive");
  assertEquals(after.shard.outages(after.nowMs)[0]!.hosts, [outage]);
  const quiet = Math.floor(outage!.waitMs / 10);
  assertEquals(picksOfBad(after, { picks: quiet, sign: "-" }), 0);
  // A health check that nobody answers is given up first, after 5 s.
  assertEquals(picksOfBad(after, { picks: 600, sign: "-" }), 1);
});

Deno.test("a host out of use stays so although the policy is another one after the restart", () => {
  for (const [last, next] of [["lars", "adaptive"], ["adaptive", "lars"]]) {
    const before = new ShardFixture({ policy: last! });
    takeOut(before);
    assertEquals(stateOf(restart(before, next!)), `${BAD}!`);
  }
});

Deno.test("hosts out of use that have left their route, and those of a route that is gone, are no hosts after a restart", () => {
  const before = new ShardFixture({ policy: "adaptive" });
  takeOut(before);
  const outages = before.shard.outages(before.nowMs);
  const after = new ShardFixture({ policy: "adaptive" });
  after.update("1/1", ...HOSTS.slice(1));
  after.shard.restore([{ ...outages[0]!, modId: 2 }, ...outages], 0);
  assertEquals(after.getRoute("1/1", true), HOSTS.slice(1));
  assertEquals(after.shard.outages(0), []);
});
