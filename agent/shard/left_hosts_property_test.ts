/** What a shard tells of hosts that leave their routes, over random lives of these. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatAddress, HostState, parseAddress } from "../../proto/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";

const KEY = { modId: 1, cmdId: 1 };
const HOSTS = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"] as const;

/** What happens to the route: new hosts, a call that begins or ends, a second that passes. */
const step = fc.oneof(
  fc.record({ hosts: fc.subarray([...HOSTS]) }),
  { weight: 4, arbitrary: fc.constant("pick" as const) },
  {
    weight: 2,
    arbitrary: fc.record({ reported: fc.constantFrom(...HOSTS) }),
  },
  fc.constant("wait" as const),
);

Deno.test("property: a shard tells of each host that has left, with the calls that began and did not end", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const fixture = new ShardFixture();
      const open = new Map<string, number>();
      const left = new Set<string>();
      let hosts: string[] = [];
      const note = () => {
        const now = fixture.getRoute("1/1").sort();
        for (const host of hosts) if (!now.includes(host)) left.add(host);
        for (const host of now) {
          if (!hosts.includes(host)) open.set(host, 0);
          left.delete(host);
        }
        hosts = now;
      };
      for (const step of [...steps, "wait" as const]) {
        if (step === "wait") fixture.run(1_100);
        else if (step === "pick") {
          const host = String(fixture.getHost("1/1"));
          if (open.has(host)) open.set(host, open.get(host)! + 1);
        } else if ("hosts" in step) fixture.update("1/1", ...step.hosts);
        else {
          const host = step.reported;
          open.set(host, Math.max(0, (open.get(host) ?? 0) - 1));
          fixture.shard.report(KEY, {
            ...parseAddress(host),
            returnCode: 0,
            durationUs: 0,
            unused: false,
          }, fixture.nowMs);
        }
        note();
      }
      const told = fixture.states.at(-1)?.hosts ?? [];
      assertEquals(
        told.filter(({ state }) => state === HostState.drained)
          .map((host) => `${formatAddress(host)} ${host.inFlight}`).sort(),
        [...left].map((host) => `${host} ${open.get(host)}`).sort(),
      );
    }),
    { numRuns: 300 },
  );
});
