import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
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

const STORE = { identity: "0123456789abcdef".repeat(2), accepted: 3 };

function read(text: string): { reader: CacheReader; routes: Route[] } {
  const reader = new CacheReader();
  // The last line ends with a line feed, too.
  const lines = text.split("\n").slice(0, -1);
  const routes = lines.map((line) => reader.take(line))
    .filter((route) => route !== undefined);
  reader.end();
  return { reader, routes };
}

/** The routes of a whole file. */
function readAll(text: string): Route[] {
  const { reader, routes } = read(text);
  if (reader.damage !== undefined) throw reader.damage.error;
  return routes;
}

async function loadAll(from: string | RouteCache) {
  const cache = typeof from === "string" ? new RouteCache(from) : from;
  const routes: Route[] = [];
  let error: Error | undefined;
  try {
    for await (const saved of cache.load()) {
      routes.push(...saved.routes);
    }
  } catch (thrown) {
    error = thrown as Error;
  }
  return { routes, error };
}

function keyOf({ modId, cmdId }: Route): string {
  return `${modId},${cmdId}`;
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

Deno.test("CacheReader reads the store that routes came from, and none from an older file", () => {
  const text = [...encodeCache(ROUTES, STORE)].join("");
  assertEquals(JSON.parse(text).store, STORE.identity);
  assertEquals(read(text).reader.store, STORE);
  assertEquals(readAll(text), ROUTES);
  assertEquals(read(TEXT).reader.store, undefined);
  for (const wrong of ['"store":"0"', '"store":7']) {
    assertThrows(() => readAll(text.replace(/"store":"\w+"/, wrong)));
  }
  assertThrows(() => readAll(text.replace('"accepted":3', '"accepted":-3')));
});

const MIDDLE = TEXT.indexOf('{"modid":1');
const DAMAGES: [string, string, Route[]][] = [
  ["a bad line in the middle", TEXT.replace('"modid":0', '"mod'), [ROUTES[1]!]],
  ["no end", TEXT.slice(0, -4), ROUTES],
  ["half of the last route", TEXT.slice(0, MIDDLE + 20), [ROUTES[0]!]],
  ["garbage before all", `\x00\ufffd\x01${TEXT}`, ROUTES],
  ["lines of garbage before all", `\x00\n\ufffd{\n[]\n${TEXT}`, ROUTES],
  ["no beginning", TEXT.slice(30), [ROUTES[1]!]],
  ["zeros only", "\x00".repeat(5_000), []],
  ["a line that does not end", `${"x".repeat(3 * 2 ** 20)}\n${TEXT}`, ROUTES],
  ["something behind the end", `${TEXT}null\n`, ROUTES],
  ["an end in the middle", TEXT.replace("\n{", "\n]}\nx\n{"), ROUTES],
];

for (const [what, text, whole] of DAMAGES) {
  Deno.test(`RouteCache.load() gives what is whole in a file with ${what}, then what was saved before`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/routes.json`;
      await new RouteCache(path).save([RICH]);
      await new RouteCache(path).save(ROUTES);
      await Deno.writeTextFile(path, text);
      const { routes, error } = await loadAll(path);
      assertEquals(routes, [...whole, RICH]);
      assertMatch(
        error?.message ?? "",
        /Cannot load all routes .*, the first is line \d+: /,
      );
    });
  });
}

Deno.test("RouteCache.load() gives what was saved before while a save is between its two renames", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    await new RouteCache(path).save(ROUTES);
    await Deno.rename(path, `${path}.old`);
    assertEquals(await loadAll(path), { routes: ROUTES, error: undefined });
  });
});

Deno.test("RouteCache.load() gives what was saved before where the file cannot be read", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    await new RouteCache(path).save(ROUTES);
    await Deno.rename(path, `${path}.old`);
    await Deno.mkdir(path);
    const { routes, error } = await loadAll(path);
    assertEquals(routes, ROUTES);
    assertStringIncludes(
      error?.message ?? "",
      `Cannot load all routes from "${path}": `,
    );
  });
});

Deno.test("RouteCache.load() takes nothing of a file that another version wrote", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    await Deno.writeTextFile(path, TEXT.replace('"version":1', '"version":7'));
    const { routes, error } = await loadAll(path);
    assertEquals(routes, []);
    assertEquals(
      error?.message,
      `Cannot load all routes from "${path}": version must be 1: current value is 7`,
    );
  });
});

Deno.test("RouteCache.load() gives no routes when nothing was saved", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    assertEquals(await loadAll(path), { routes: [], error: undefined });
  });
});

Deno.test("RouteCache.load() gives what was saved last, and beside it is what was saved before", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    const cache = new RouteCache(path);
    await cache.save([]);
    await cache.save(ROUTES);
    assertEquals(await loadAll(path), { routes: ROUTES, error: undefined });
    assertEquals(
      Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(),
      ["routes.json", "routes.json.old"],
    );
  });
});

Deno.test("RouteCache.save() keeps what was saved before a file was damaged, however often", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    await new RouteCache(path).save(ROUTES);
    await new RouteCache(path).save(ROUTES);
    for (const size of [90, 0, 30]) {
      await Deno.truncate(path, size);
      const cache = new RouteCache(path);
      const { routes } = await loadAll(cache);
      assertEquals(new Set(routes.map(keyOf)), new Set(ROUTES.map(keyOf)));
      await cache.save(ROUTES);
    }
    // Behind a whole file the next save keeps the last one.
    const cache = new RouteCache(path);
    await loadAll(cache);
    await cache.save([RICH]);
    await cache.save(ROUTES);
    await Deno.remove(path);
    assertEquals(await loadAll(path), { routes: [RICH], error: undefined });
  });
});

Deno.test({
  name: "RouteCache.save() fails on a full disk, and the file stays",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/routes.json`;
      const cache = new RouteCache(path);
      await cache.save(ROUTES);
      await Deno.symlink("/dev/full", `${path}.tmp`);
      await assertRejects(
        () => cache.save([RICH]),
        Error,
        "No space left on device",
      );
      assertEquals(await loadAll(path), { routes: ROUTES, error: undefined });
      // The next one finds nothing in its way.
      await cache.save([RICH]);
      assertEquals((await loadAll(path)).routes, [RICH]);
    });
  },
});

Deno.test("RouteCache.save() does overlapping calls in their order", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    const cache = new RouteCache(path);
    await Promise.all([cache.save([]), cache.save(ROUTES)]);
    assertEquals((await loadAll(path)).routes, ROUTES);
    await Promise.all([cache.save(ROUTES), cache.save([])]);
    assertEquals((await loadAll(path)).routes, []);
  });
});

Deno.test("RouteCache.save() keeps the old file when it cannot write, and works again afterwards", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/routes.json`;
    const cache = new RouteCache(path);
    await cache.save(ROUTES);
    // A folder where the temporary file should be.
    await Deno.mkdir(`${path}.tmp/something`, { recursive: true });
    await assertRejects(
      () => cache.save([]),
      Error,
      `Cannot save routes to "${path}": `,
    );
    assertEquals((await loadAll(path)).routes, ROUTES);
    await Deno.remove(`${path}.tmp`, { recursive: true });
    await cache.save([]);
    assertEquals((await loadAll(path)).routes, []);
  });
});
