import { assertEquals } from "@std/assert";
import { formatIp } from "../../../proto/mod.ts";
import { MemoryStore } from "../../../store/memory/store.ts";
import { drainsAt } from "./drains_at.ts";

/** A store in which drains begin and end, one each ten seconds. */
function begin() {
  let seconds = 1_000;
  const store = new MemoryStore({ wallSeconds: () => seconds });
  const admin = store.admin();
  return {
    drain: async (ip: number, reason: string) => {
      seconds += 10;
      const drain = [{ ip, who: "bob", reason }];
      await store.edit({ drain }, { by: { actor: "bob" } });
      return seconds;
    },
    undrain: async (ip: number) => {
      seconds += 10;
      await store.edit({ undrain: [{ ip }] }, { by: { actor: "bob" } });
      return seconds;
    },
    /** Drains past the trail, as by SQL. */
    drainSilently: (ip: number) => {
      seconds += 10;
      const drain = [{ ip, who: "sql", reason: "sql" }];
      store.editSilently({ drain }, { moveVersion: true });
      return seconds;
    },
    /** "HOST REASON" of each drain at a time. */
    at: async (at: number) => {
      const changes = await admin.changes({ limit: 100 });
      const change = changes.find((each) => each.at <= at)?.id ?? 0;
      const now = await store.drains();
      const found = await drainsAt(admin, { now, at, change });
      return found.map(({ ip, reason }) => `${formatIp(ip)} ${reason}`).sort();
    },
  };
}

Deno.test("drainsAt() has the drains of then, whatever began, ended or changed since", async () => {
  const run = begin();
  const first = await run.drain(1, "disk");
  const second = await run.drain(2, "kernel");
  const third = await run.undrain(1);
  const fourth = await run.drain(1, "again");
  const fifth = await run.drain(2, "kernel, still");
  const sixth = await run.undrain(2);
  assertEquals(await run.at(first - 1), []);
  assertEquals(await run.at(first), ["0.0.0.1 disk"]);
  assertEquals(await run.at(second), ["0.0.0.1 disk", "0.0.0.2 kernel"]);
  assertEquals(await run.at(third), ["0.0.0.2 kernel"]);
  assertEquals(await run.at(fourth), ["0.0.0.1 again", "0.0.0.2 kernel"]);
  assertEquals(await run.at(fifth), ["0.0.0.1 again", "0.0.0.2 kernel, still"]);
  assertEquals(await run.at(sixth), ["0.0.0.1 again"]);
});

Deno.test("drainsAt() knows drains past the trail: by when they began, or that they ended", async () => {
  const run = begin();
  const began = run.drainSilently(3);
  assertEquals(await run.at(began - 1), []);
  assertEquals(await run.at(began), ["0.0.0.3 sql"]);
  const ended = await run.undrain(3);
  assertEquals(await run.at(ended - 1), ["0.0.0.3 ?"]);
  assertEquals(await run.at(ended), []);
});
