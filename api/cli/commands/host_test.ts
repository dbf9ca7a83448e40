import { assertEquals, assertStringIncludes } from "@std/assert";
import { onStore } from "../testing/mod.ts";

Deno.test("lars host drain and undrain change a host in every route that has it", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1", "10.0.0.2:1");
    await lars("route", "add", "2", "1", "10.0.0.1:1", "--weight", "50");
    await lars("route", "add", "3", "1", "10.0.0.1:2");
    const drained = await lars("host", "drain", "10.0.0.1:1");
    assertEquals(
      [drained.code, drained.output.split("\n")],
      [0, [
        "drained 10.0.0.1:1 of (1, 1) in STORE: it gets no calls",
        'drained 10.0.0.1:1 of (2, 1) in STORE: it gets no calls; its weight was 50: "lars route set 2 1 10.0.0.1:1 --weight 50" brings that back',
        "",
      ]],
    );
    const list = (await lars("route", "list")).output;
    assertEquals(list.match(/^[12] 1 10\.0\.0\.1:1 .*weight=0/gm)?.length, 2);
    assertEquals(list.match(/weight=0/g)?.length, 2);

    const again = await lars("host", "drain", "10.0.0.1:1");
    assertEquals([again.code, again.output], [0, ""]);
    assertStringIncludes(again.errors, "drained already");

    const back = await lars("host", "undrain", "10.0.0.1:1", "--json");
    assertEquals(JSON.parse(back.output), { changed: 2 });
    assertEquals(
      (await lars("route", "list")).output.includes("weight"),
      false,
    );
  });
});

Deno.test("lars host drain of a host that no route has says so", async () => {
  await onStore(async (lars) => {
    await lars("route", "add", "1", "1", "10.0.0.1:1");
    const { code, output, errors } = await lars(
      ...["host", "drain", "10.0.0.9:1", "10.0.0.8:1"],
    );
    assertEquals([code, output], [3, ""]);
    assertEquals(errors, "No route has 10.0.0.9:1, 10.0.0.8:1\n");
  });
});
