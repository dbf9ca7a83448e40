import { assertEquals, assertRejects } from "@std/assert";
import { HostReason, parseAddress } from "../../proto/mod.ts";
import type { RouteOutages } from "../routes/route_hosts.ts";
import { OutageFile } from "./outage_file.ts";

const OUTAGES: RouteOutages[] = [{
  modId: 1,
  cmdId: 2,
  hosts: [
    {
      ...parseAddress("10.0.0.1:80"),
      state: "ejected",
      reason: HostReason.slow,
      forMs: 1_234.5,
      waitMs: 60_000,
      ejections: 7,
    },
    {
      ...parseAddress("10.0.0.2:80"),
      state: "suspect",
      reason: HostReason.none,
      forMs: 0,
      waitMs: 0,
      ejections: 0,
    },
  ],
}];

/** Runs `test` with a file in a folder of its own. */
async function withFile(
  test: (file: OutageFile, path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lars-" });
  const path = `${folder}/agent-hosts.json`;
  await test(new OutageFile(path), path);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("OutageFile.take() gives what was saved, once", () =>
  withFile(async (file) => {
    assertEquals(await file.take(), []);
    await file.save(OUTAGES);
    assertEquals(await file.take(), OUTAGES);
    assertEquals(await file.take(), []);
    await file.save([]);
    assertEquals(await file.take(), []);
  }));

Deno.test("OutageFile.take() refuses what is damaged, once", async () => {
  const host = (outage: string) =>
    `{"version":1,"routes":[{"modid":1,"cmdid":1,"hosts":{"10.0.0.1:80":${outage}}}]}`;
  const whole = '{"state":"ejected","forMs":1,"waitMs":1,"ejections":1}';
  await withFile(async (file, path) => {
    await Deno.writeTextFile(path, host(whole));
    const [route] = await file.take();
    // Agents before this one kept no reason; a newer one may have others.
    assertEquals(route?.hosts[0]?.reason, HostReason.none);
    const newer = whole.replace("}", ',"reason":99}');
    await Deno.writeTextFile(path, host(newer));
    assertEquals(await file.take(), [route]);
  });
  const damaged = [
    "",
    "\0",
    "null",
    "{}",
    '{"version":2,"routes":[]}',
    '{"version":1}',
    '{"version":1,"routes":[{}]}',
    host(whole).slice(0, -9),
    host(whole).replace(":80", ":0"),
    host(whole).replace('"cmdid":1', '"cmdid":-1'),
    host('{"state":"ejected"}'),
    host(whole.replace("ejected", "gone")),
    host(whole.replace('"waitMs":1', '"waitMs":-1')),
    host(whole.replace('"forMs":1', '"forMs":"1"')),
  ];
  for (const text of damaged) {
    await withFile(async (file, path) => {
      await Deno.writeTextFile(path, text);
      await assertRejects(() => file.take(), Error, "", text);
      assertEquals(await file.take(), []);
    });
  }
});
