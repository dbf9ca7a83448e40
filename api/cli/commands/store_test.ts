import { assertEquals, assertStringIncludes } from "@std/assert";
import { onStore } from "../testing/mod.ts";

Deno.test("lars store create makes a store once, and says where", async () => {
  await onStore(async (lars) => {
    const made = await lars("store", "create");
    assertEquals([made.code, made.output], [0, "made store STORE\n"]);
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    const again = await lars("store", "create");
    assertEquals([again.code, again.output], [0, ""]);
    assertStringIncludes(again.errors, "is there already");
    const json = await lars("store", "create", "--json");
    assertEquals(JSON.parse(json.output), { store: "STORE", created: false });
    const { output } = await lars("route", "list");
    assertEquals(output, "1 1 10.0.0.1:1\n");
  }, { create: false });
});

Deno.test("lars store schema leaves an embedded store alone", async () => {
  await onStore(async (lars) => {
    const { code, output } = await lars("store", "schema", "--apply");
    assertEquals([code, output], [
      0,
      "store STORE is embedded: it makes its tables by itself\n",
    ]);
    const json = await lars("store", "schema", "--json");
    assertEquals(JSON.parse(json.output), {
      store: "STORE",
      created: [],
      missing: [],
    });
  });
});

Deno.test("lars store schema says that there is no embedded store, and makes none", async () => {
  await onStore(async (lars) => {
    for (const options of [[], ["--apply"], ["--json"]]) {
      const { code, output, errors } = await lars(
        "store",
        "schema",
        ...options,
      );
      assertEquals([code, output], [2, ""]);
      assertStringIncludes(errors, 'as there is none: make one with "lars');
    }
  }, { create: false });
});

Deno.test("lars store accept counts, and says what follows", async () => {
  await onStore(async (lars) => {
    const { code, output } = await lars("store", "accept");
    assertEquals(code, 0);
    assertStringIncludes(output, "accepted what store STORE holds now");
    const json = await lars("store", "accept", "--json");
    const { identity, ...rest } = JSON.parse(json.output);
    assertEquals(identity.length, 32);
    assertEquals(rest, { store: "STORE", accepted: 2 });
  });
});
