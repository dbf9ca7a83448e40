import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StoreError } from "../../../store/mod.ts";
import { CommandError } from "../exit_code.ts";
import { FakeEnvironment } from "../testing/mod.ts";
import { storePatience } from "./patience.ts";

const busy = new StoreError("another is writing", { retry: true });
const wrong = new StoreError("it is damaged", { retry: false });

Deno.test("Patience.retry() tries again while that can help, and says nothing of a short wait", async () => {
  const environment = new FakeEnvironment();
  const patience = storePatience(environment, "STORE");
  let tries = 0;
  const result = await environment.finish(patience.retry(() => {
    tries += 1;
    return tries < 5 ? Promise.reject(busy) : Promise.resolve("done");
  }));
  assertEquals([result, tries, environment.errors], ["done", 5, ""]);
  await assertRejects(
    () => environment.finish(patience.retry(() => Promise.reject(wrong))),
    StoreError,
    "damaged",
  );
  assertEquals(environment.errors, "");
  let isClosed = false;
  await patience.close({
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
      isClosed = true;
    },
  });
  assertEquals(isClosed, true);
});

for (
  const [name, body, reason] of [
    ["stands still", () => new Promise<never>(() => {}), "it stands still"],
    ["is written to", () => Promise.reject(busy), "another is writing"],
  ] as const
) {
  Deno.test(`Patience.retry() says whom it waits for after 2 s, and gives up after 10 s, if a store ${name}`, async () => {
    const environment = new FakeEnvironment();
    const patience = storePatience(environment, "STORE");
    const error = await assertRejects(
      () => environment.finish(patience.retry(body)),
      CommandError,
      reason,
    );
    assertStringIncludes(error.message, "STORE");
    assertEquals(environment.errors, "Waiting for store STORE\n");
    // Nor does it wait for it to close.
    await patience.close({
      [Symbol.asyncDispose]: () => new Promise<void>(() => {}),
    });
    assertEquals(Math.floor(environment.clock.nowMs() / 1_000), 10);
  });
}

Deno.test("Patience.items() waits for each item, not for its reader", async () => {
  const environment = new FakeEnvironment();
  const { clock } = environment;
  const patience = storePatience(environment, "STORE");
  let closed = false;
  let tries = 0;
  async function* open() {
    tries += 1;
    if (tries === 1) throw busy;
    yield 1;
    await clock.sleep(3_000);
    yield 2;
    while (!closed) await clock.sleep(1_000);
    throw new StoreError("it is closed", { retry: false });
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of patience.items(open, () => closed = true)) {
      seen.push(item);
      await clock.sleep(60_000);
    }
  })();
  await assertRejects(
    () => environment.finish(reading),
    CommandError,
    "has not answered within 10 s",
  );
  assertEquals([seen, tries, closed], [[1, 2], 2, true]);
  // Two readers of a minute each, and waits of 3 and 10 s.
  assertEquals(Math.floor(clock.nowMs() / 1_000), 133);
  assertEquals(environment.errors, "Waiting for store STORE\n");
});
