import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import { loggerOf } from "../../net/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import {
  CHECK_TIMEOUT_MS,
  CHECKS_MAX,
  HealthChecker,
} from "./health_checker.ts";

const HOST = parseAddress("10.0.0.1:7777");

function world() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const transport = network.machine("10.0.0.9");
  const checker = new HealthChecker({
    transport,
    clock,
    logger: loggerOf("test"),
  });
  return { clock, network, transport, checker };
}

Deno.test("HealthChecker.check() is true for a host that accepts, and false for one that refuses", async () => {
  const { clock, network, checker } = world();
  using _listener = network.machine("10.0.0.1")
    .listen({ hostname: "10.0.0.1", port: 7777 });
  const alive = checker.check(HOST);
  const refused = checker.check(parseAddress("10.0.0.1:1"));
  await clock.advance(100);
  assertEquals([await alive, await refused], [true, false]);
  assertEquals(checker.counters, {
    checks: 2,
    checksAlive: 1,
    checksDropped: 0,
  });
});

Deno.test("HealthChecker.check() gives a silent host up after a second, and connects once for all who wait", async () => {
  const { clock, transport, checker } = world();
  let connects = 0;
  transport.connect = (_to, signal) => {
    connects += 1;
    return new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(new Error("aborted")))
    );
  };
  const checks = Promise.all([checker.check(HOST), checker.check(HOST)]);
  await clock.advance(CHECK_TIMEOUT_MS);
  assertEquals([await checks, connects], [[false, false], 1]);
});

Deno.test("HealthChecker.check() is undefined when there is no room for it", async () => {
  const { clock, transport, checker } = world();
  transport.connect = (_to, signal) =>
    new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(new Error("aborted")))
    );
  const checks = Array.from(
    { length: CHECKS_MAX + 1 },
    (_, index) => checker.check({ ip: 1 + index, port: 80 }),
  );
  assertEquals(await checks.at(-1), undefined);
  assertEquals(checker.counters.checksDropped, 1);
  await clock.advance(CHECK_TIMEOUT_MS);
  await Promise.all(checks);
});

Deno.test("HealthChecker.check() is undefined without the permission, which it does not ask for twice", async () => {
  const { transport, checker } = world();
  let connects = 0;
  transport.connect = () => {
    connects += 1;
    return Promise.reject(new Deno.errors.NotCapable("no --allow-net"));
  };
  assertEquals(await checker.check(HOST), undefined);
  assertEquals(await checker.check(HOST), undefined);
  assertEquals(connects, 1);
});
