import { assertEquals, assertMatch } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const KEY = { modId: 1, cmdId: 1 };

function rowsOf(...hosts: string[]) {
  return hosts.map((host) => ({ ...KEY, ...parseAddress(host) }));
}

for (const type of ["application/x-ndjson", "text/csv"]) {
  Deno.test(`an export as ${type} imports as it was; an import adds, takes nothing away and ends no drain`, async () => {
    await using fixture = await WebFixture.open();
    const format = type === "text/csv" ? "csv" : "ndjson";
    await fixture.routes.edit({
      add: [{ ...rowsOf("10.0.0.1:80")[0]!, weight: 5, zone: "a" }],
      settings: [{ ...KEY, policy: "adaptive", check: true }],
    });
    const exported = await fixture.ask({
      path: `/export?format=${format}`,
      scopes: ["read"],
    });
    await fixture.routes.edit({ remove: rowsOf("10.0.0.1:80") });
    await fixture.routes.edit({
      add: rowsOf("10.0.0.2:80"),
      drain: [{ ...parseAddress("10.0.0.1:80"), who: "x", reason: "y" }],
    });
    const bring = (body: string) =>
      fixture.ask({
        method: "POST",
        path: "/import",
        scopes: ["write"],
        body,
        headers: { "content-type": type },
      });
    assertEquals((await bring(exported.text)).json.added, 1);
    const [route] = await fixture.routes.read([KEY]);
    assertEquals(route!.hosts.length, 2);
    const [host] = route!.hosts.filter(({ weight }) => weight === 5);
    assertEquals([host!.zone, host!.drained], ["a", true]);
    assertEquals(route!.settings, { policy: "adaptive", check: true });
    const wrong = await bring(`${exported.text}{"modId":1}\n`);
    assertEquals(wrong.status, 422);
    assertMatch(wrong.json.detail, type === "text/csv" ? /line 3/ : /^Line 2/);
  });
}

Deno.test("an import of other routes than a token may write is refused, in any form", async () => {
  await using fixture = await WebFixture.open();
  for (
    const [type, body] of [
      ["text/csv", "modid,cmdid,ip,port\n1,1,10.0.0.1,80\n2,1,10.0.0.1,80\n"],
      [
        "application/x-ndjson",
        '{"modId":2,"cmdId":1,"hosts":[],"policy":"lars"}\n',
      ],
    ] as const
  ) {
    for (const query of ["", "?dryRun=1"]) {
      const { status, json } = await fixture.ask({
        method: "POST",
        path: `/import${query}`,
        scopes: ["write:1/*"],
        body,
        headers: { "content-type": type },
      });
      assertEquals([status, json.scope], [403, "write:2/1"]);
    }
  }
  assertEquals(await Array.fromAsync(fixture.routes.scan()), []);
});
