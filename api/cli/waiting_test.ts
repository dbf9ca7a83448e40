import { assertEquals, assertRejects } from "@std/assert";
import { CommandError } from "./exit_code.ts";
import { FakeEnvironment } from "./testing/mod.ts";
import { waitFor } from "./waiting.ts";

const WHOM = { whom: "the database at 10.0.0.1:3306" };

Deno.test("waitFor() says nothing of what is answered soon", async () => {
  const lars = new FakeEnvironment();
  const work = async () => {
    await lars.clock.sleep(1_900);
    return 7;
  };
  assertEquals(await lars.finish(waitFor(lars, WHOM, work)), 7);
  await lars.clock.advance(20_000);
  assertEquals(lars.errors, "");
});

Deno.test("waitFor() says after 2 s whom it waits for, once", async () => {
  const lars = new FakeEnvironment();
  const work = async () => {
    await lars.clock.sleep(9_000);
    return 7;
  };
  assertEquals(await lars.finish(waitFor(lars, WHOM, work)), 7);
  assertEquals(lars.errors, "waiting for the database at 10.0.0.1:3306\n");
});

Deno.test("waitFor() gives up after 10 s, or when its user said", async () => {
  for (const limitMs of [undefined, 1_000, 60_000]) {
    const lars = new FakeEnvironment();
    const startMs = lars.clock.nowMs();
    const waiting = waitFor(
      lars,
      { ...WHOM, ...(limitMs === undefined ? {} : { limitMs }) },
      () => new Promise(() => {}),
    );
    await assertRejects(
      () => lars.finish(waiting),
      CommandError,
      `Cannot go on as ${WHOM.whom} has not answered for ${
        (limitMs ?? 10_000) / 1_000
      } s`,
    );
    const tookMs = lars.clock.nowMs() - startMs;
    assertEquals(Math.floor(tookMs / 1_000), (limitMs ?? 10_000) / 1_000);
  }
});

Deno.test("waitFor() fails as the work fails", async () => {
  const lars = new FakeEnvironment();
  const work = () => Promise.reject(new TypeError("a bug"));
  await assertRejects(() => waitFor(lars, WHOM, work), TypeError, "a bug");
});
