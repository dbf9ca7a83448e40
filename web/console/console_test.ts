import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { WebFixture } from "../testing/web_fixture.ts";
import { Console } from "./mod.ts";
import { PAGES } from "./pages.ts";

/** Most bytes of a page with all its files, packed. */
const PAGE_BYTES_MAX = 60_000;

const SESSION = { actor: "user alice", name: "alice", scopes: ["read"] };

function consoleOf(
  { base = "", session = 200, body = {}, asked = [] }: {
    base?: string;
    session?: number;
    body?: unknown;
    /** Gets every path that the console asks the API for. */
    asked?: string[];
  } = {},
): Console {
  return new Console({
    base,
    version: "1.2.3",
    nowMs: () => 0,
    ask: (path) => {
      asked.push(path);
      return path === "/session"
        ? Response.json(session === 200 ? SESSION : { title: "no" }, {
          status: session,
        })
        : Response.json(body, { headers: { etag: '"1"' } });
    },
  });
}

function get(pages: Console, path: string, headers = {}): Promise<Response> {
  return pages.respond(
    new Request(`http://lars.test${path}`, { headers }),
  );
}

Deno.test("a page holds the first answers of the API, and no name in them ends the block", async () => {
  const body = { name: "</script><script>alert(1)</script><!--" };
  const response = await get(consoleOf({ body }), "/");
  const text = await response.text();
  assertEquals(text.split("</script>").length, 3);
  const [, block] = text.match(/id="data">(.*)<\/script>/)!;
  const data = JSON.parse(block!);
  assertEquals(data.answers, [{
    path: "/now",
    status: 200,
    etag: '"1"',
    body,
  }]);
  assertEquals(data.session, SESSION);
});

Deno.test("whoever is not logged in comes to the login, and back to the page", async () => {
  const response = await get(
    consoleOf({ base: "/lars", session: 401 }),
    "/lars/routes?q=pay",
  );
  assertEquals(response.status, 303);
  assertEquals(
    response.headers.get("location"),
    "/lars/login?to=%2Froutes%3Fq%3Dpay",
  );
});

Deno.test("the login is shown to whoever asks", async () => {
  const response = await get(consoleOf({ session: 401 }), "/login");
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("a page says that the API cannot answer now", async () => {
  const response = await get(consoleOf({ session: 503 }), "/");
  assertEquals(response.status, 503);
  await response.body?.cancel();
});

Deno.test("the filters of an address are those of the first answer", async () => {
  const response = await get(consoleOf(), "/routes?q=pay&sort=failing");
  assertStringIncludes(
    await response.text(),
    '"path":"/routes?q=pay&sort=failing"',
  );
});

Deno.test("an address that is no page is not found, and no file of the machine", async () => {
  for (
    const path of [
      "/nope",
      "/routes/1",
      "/routes/x/7",
      "/assets/0/app/main.js",
      "/..%2f..%2fetc/passwd",
    ]
  ) {
    const response = await get(consoleOf(), path);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("everything is below the base path", async () => {
  const pages = consoleOf({ base: "/tools/lars" });
  const text = await (await get(pages, "/tools/lars/")).text();
  for (const [, path] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
    assert(path!.startsWith("/tools/lars/assets/"), path);
    const file = await get(pages, path!);
    assertEquals(file.status, 200, path);
    await file.body?.cancel();
  }
});

Deno.test("the language is the one that was chosen, else the one that is preferred", async () => {
  const languageOf = async (headers: Record<string, string>) => {
    const text = await (await get(consoleOf(), "/login", headers)).text();
    return text.match(/<html lang="([^"]+)"/)![1];
  };
  assertEquals(await languageOf({}), "en");
  assertEquals(
    await languageOf({ "accept-language": "de, zh-TW;q=0.8, en;q=0.7" }),
    "zh-CN",
  );
  assertEquals(
    await languageOf({
      "accept-language": "zh",
      cookie: "a=b; lars_language=en",
    }),
    "en",
  );
});

Deno.test("no page is more than 60 kB on the wire with all its files, of now or the past", async () => {
  for (const { name, past } of PAGES) {
    const path = PATHS[name];
    assert(path !== undefined, `a path of page ${name}`);
    for (const query of past === undefined ? [""] : ["", PAST]) {
      const bytes = await bytesOf(path + query);
      assert(bytes <= PAGE_BYTES_MAX, `${name}${query} has ${bytes} bytes`);
    }
  }
});

Deno.test("a page of the past asks for nothing but that, and every other page for now", async () => {
  const asked: string[] = [];
  const pages = consoleOf({ asked });
  for (const { name, past } of PAGES) {
    asked.length = 0;
    const response = await get(pages, PATHS[name]! + PAST);
    const data = dataOf(await response.text());
    const isPast = past !== undefined;
    assertEquals(data.hasPast, isPast, name);
    assertEquals(data.past, isPast ? AT : undefined, name);
    const resources = asked.filter((path) => path !== "/session");
    assertEquals(data.answers.map(({ path }) => path), resources, name);
    // A change is as it was made.
    if (name === "change") continue;
    for (const path of resources) {
      const query = new URLSearchParams(path.split("?")[1]);
      const at = query.get("at") ?? query.get("to") ?? undefined;
      assertEquals(at, isPast ? AT : undefined, path);
    }
  }
});

Deno.test("no page asks the API for a parameter that it does not know, whatever stands in its address", async () => {
  await using fixture = await WebFixture.open();
  const asked: string[] = [];
  const pages = consoleOf({ asked });
  const filters = fixture.operationOf("GET", "/routes")!.query!.shape;
  const all = ["utm_source", "dryRun", ...Object.keys(filters)]
    .map((name) => `${name}=${name === "at" ? AT : 1}`);
  for (const { name } of PAGES) {
    for (const more of [all, all.filter((each) => !each.startsWith("at="))]) {
      const response = await get(pages, `${PATHS[name]}?${more.join("&")}`);
      await response.body?.cancel();
    }
  }
  const names = new Set<string>();
  for (const path of asked) {
    const operation = fixture.operationOf("GET", path);
    const known = Object.keys(operation!.query?.shape ?? {});
    for (const name of new URL(path, "http://lars.test").searchParams.keys()) {
      assert(known.includes(name), `${path}: ${name}`);
      if (path.startsWith("/routes?")) names.add(name);
    }
  }
  assertEquals([...names].sort(), Object.keys(filters).sort());
});

Deno.test("what is no time is refused by the API, and no page of the past", async () => {
  const asked: string[] = [];
  const response = await get(consoleOf({ asked }), "/fleet?at=yesterday");
  assertEquals(dataOf(await response.text()).past, undefined);
  assert(asked.includes("/agents?at=yesterday"));
});

/** A moment, and the query of its pages. */
const AT = "2026-11-29T02:00:00Z";
const PAST = `?at=${AT}`;

/** Bytes of a page and its files, in the language with the larger texts. */
async function bytesOf(path: string): Promise<number> {
  const pages = consoleOf();
  const response = await get(pages, path, { "accept-language": "zh" });
  const text = await response.text();
  let bytes = await packedBytes(new Response(text));
  const files = new Set(
    [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file]) => file!),
  );
  for (const file of files) {
    const { headers, body } = await get(pages, file, {
      "accept-encoding": "gzip",
    });
    assertEquals(headers.get("content-encoding"), "gzip");
    bytes += (await new Response(body).arrayBuffer()).byteLength;
  }
  return bytes;
}

/** The data block of a page. */
function dataOf(
  text: string,
): { past?: string; hasPast: boolean; answers: { path: string }[] } {
  return JSON.parse(text.match(/id="data">(.*)<\/script>/)![1]!);
}

/** An address of each page. */
const PATHS: Readonly<Record<string, string>> = {
  now: "/",
  routes: "/routes",
  route: "/routes/1/7",
  host: "/hosts/10.0.0.1:80",
  fleet: "/fleet",
  changes: "/changes",
  change: "/changes/1",
  alarms: "/alarms",
  access: "/access",
  about: "/about",
  login: "/login",
  first: "/first",
};

async function packedBytes(response: Response): Promise<number> {
  const packed = response.body!.pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}
