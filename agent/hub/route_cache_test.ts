import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseAddress, type Route } from "../../proto/mod.ts";
import { RouteCache } from "./route_cache.ts";
import { CacheReader, encodeCache } from "./cache_format.ts";

const ROUTES: Route[] = [
  { modId: 0, cmdId: 2147483647, hosts: [parseAddress("255.255.255.255:1")] },
  {
    modId: 1,
    cmdId: 2,
    hosts: [parseAddress("10.0.0.1:80"), parseAddress("10.0.0.2:65535")],
  },
];

const TEXT = `{"version":1,"routes":[
{"modid":0,"cmdid":2147483647,"hosts":["255.255.255.255:1"]},
{"modid":1,"cmdid":2,"hosts":["10.0.0.1:80","10.0.0.2:65535"]}
]}
`;

function textOf(routes: Route[]): string {
  return [...encodeCache(routes)].join("");
}

function readAll(text: string): Route[] {
  const reader = new CacheReader();
  // The last line ends with a line feed, too.
  const lines = text.split("\n").slice(0, -1);
  const routes = lines.map((line) => reader.take(line));
  reader.end();
  return routes.filter((route) => route !== undefined);
}

async function withFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("encodeCache() writes JSON that people can read, one route a line", () => {
  assertEquals(textOf(ROUTES), TEXT);
});

Deno.test("CacheReader.take() reads what encodeCache() wrote", () => {
  assertEquals(readAll(TEXT), ROUTES);
  assertEquals(readAll(textOf([])), []);
});

const RICH: Route = {
  modId: 1,
  cmdId: 2,
  hosts: [
    { ...parseAddress("10.0.0.1:80"), weight: 50, zone: "eu-1" },
    { ...parseAddress("10.0.0.2:80"), zone: "eu-2" },
    parseAddress("10.0.0.3:80"),
  ],
  settings: { policy: "adaptive", check: false },
};

const RICH_TEXT = `{"version":1,"routes":[
{"modid":1,"cmdid":2,"hosts":["10.0.0.1:80","10.0.0.2:80","10.0.0.3:80"],"weights":{"10.0.0.1:80":50},"zones":{"10.0.0.1:80":"eu-1","10.0.0.2:80":"eu-2"},"policy":"adaptive","check":false}
]}
`;

Deno.test("CacheReader.take() keeps weights, zones and settings, beside what an older agent reads", () => {
  assertEquals(textOf([RICH]), RICH_TEXT);
  assertEquals(readAll(RICH_TEXT), [RICH]);
});

const BROKEN: [string, string][] = [
  ["an empty file", ""],
  ["half a file", TEXT.slice(0, 60)],
  ["no object", "null"],
  ["another version", TEXT.replace('"version":1', '"version":2')],
  ["no routes", '{"version":1}'],
  ["a route that is none", '{"version":1,"routes":[null]}'],
  ["a negative modid", TEXT.replace('"modid":0', '"modid":-1')],
  ["a modid that is no number", TEXT.replace('"modid":0', '"modid":"0"')],
  ["no hosts", TEXT.replace('["255.255.255.255:1"]', "[]")],
  ["a host that is no address", TEXT.replace("10.0.0.1:80", "10.0.0.1")],
  ["a weight that cannot be", RICH_TEXT.replace(":50", ":10001")],
  ["a weight that is no number", RICH_TEXT.replace(":50", ':"50"')],
  ["weights in a list", RICH_TEXT.replace('{"10.0.0.1:80":50}', "null")],
  ["a zone that is no name", RICH_TEXT.replace('"eu-1"', '"eu 1"')],
  ["a policy that is no name", RICH_TEXT.replace('"adaptive"', '""')],
  ["a check that is neither", RICH_TEXT.replace("false", "0")],
  ["a host that cannot be", TEXT.replace("10.0.0.1:80", "0.0.0.0:80")],
];

for (const [what, text] of BROKEN) {
  Deno.test(`CacheReader refuses ${what}`, () => {
    assertThrows(() => readAll(text), SyntaxError);
  });
}

Deno.test("RouteCache.load() gives no routes when nothing was saved", async () => {
  await withFolder(async (folder) => {
    const cache = new RouteCache(`${folder}/routes.json`);
    assertEquals(await Array.fromAsync(cache.load()), []);
  });
});

Deno.test("RouteCache.load() gives what was saved last, and no other file is left", async () => {
  await withFolder(async (folder) => {
    const cache = new RouteCache(`${folder}/routes.json`);
    await cache.save([]);
    await cache.save(ROUTES);
    const again = new RouteCache(`${folder}/routes.json`);
    assertEquals(await Array.fromAsync(again.load()), ROUTES);
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), [
      "routes.json",
    ]);
  });
});

Deno.test("RouteCache.save() does overlapping calls in their order", async () => {
  await withFolder(async (folder) => {
    const cache = new RouteCache(`${folder}/routes.json`);
    await Promise.all([cache.save([]), cache.save(ROUTES)]);
    assertEquals(await Array.fromAsync(cache.load()), ROUTES);
    await Promise.all([cache.save(ROUTES), cache.save([])]);
    assertEquals(await Array.fromAsync(cache.load()), []);
  });
});

Deno.test("RouteCache.load() says which file is broken and where", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    await Deno.writeTextFile(path, '{"version":7}');
    await assertRejects(
      () => Array.fromAsync(new RouteCache(path).load()),
      Error,
      `Cannot load routes from "${path}": version must be 1`,
    );
  });
});

Deno.test("RouteCache.save() keeps the old file when it cannot write, and works again afterwards", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    const cache = new RouteCache(path);
    await cache.save(ROUTES);
    // A folder where the temporary file should be.
    await Deno.mkdir(`${path}.tmp`);
    await assertRejects(
      () => cache.save([]),
      Error,
      `Cannot save routes to "${path}": `,
    );
    assertEquals(await Array.fromAsync(cache.load()), ROUTES);
    await Deno.remove(`${path}.tmp`);
    await cache.save([]);
    assertEquals(await Array.fromAsync(cache.load()), []);
  });
});
