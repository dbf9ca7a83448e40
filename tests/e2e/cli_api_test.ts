import { assert, assertEquals, assertMatch } from "@std/assert";
import { runLars } from "../../api/cli/program.ts";
import { FakeEnvironment, onStore } from "../../api/cli/testing/mod.ts";
import { WebFixture } from "../../web/testing/web_fixture.ts";

const URL_OF_WEB = "http://lars.example.com";

/** Commands, each with what it may do wrong: the same words and codes are expected of both ways. */
const COMMANDS: readonly (readonly string[])[] = [
  ["route", "list"],
  ["route", "add", "1", "1", "10.0.0.1:80", "10.0.0.2:80"],
  ["route", "add", "1", "1", "10.0.0.1:80"],
  ["route", "add", "1", "2", "10.0.0.3:80", "--weight", "50", "--zone", "a"],
  ["route", "list"],
  ["route", "list", "1", "2", "--json"],
  ["route", "list", "9", "9"],
  ["route", "set", "1", "1", "10.0.0.1:80", "--weight", "7"],
  ["route", "set", "1", "1", "10.0.0.9:80", "--weight", "7"],
  ["route", "policy", "1", "2", "adaptive"],
  ["route", "policy", "1", "2", "--json"],
  ["route", "remove", "1", "1", "10.0.0.2:80"],
  ["route", "remove", "1", "1", "10.0.0.2:80"],
  ["route", "add", "1", "1", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.2:80"],
  ["route", "remove", "1", "1", "10.0.0.2:80", "10.0.0.8:80"],
  ["route", "add", "1", "1", "10.0.0.1:80", "10.0.0.2:80", "--json"],
  ["route", "remove", "1", "1", "10.0.0.2:80", "10.0.0.8:80", "--json"],
  ["host", "drain", "10.0.0.1:80", "--reason", "disk"],
  ["host", "drain", "10.0.0.3:80", "1", "2", "--reason", "disk", "--json"],
  ["route", "list"],
  ["host", "undrain", "10.0.0.1:80"],
  ["host", "undrain", "10.0.0.1:80"],
  ["route", "export", "-"],
];

async function overApi(
  fixture: WebFixture,
  { scopes = ["write"] }: { scopes?: readonly string[] } = {},
) {
  const token = await fixture.token(scopes);
  return async (...parameters: string[]) => {
    const environment = new FakeEnvironment();
    environment.variables.set("LARS_URL", URL_OF_WEB);
    environment.variables.set("LARS_TOKEN", token);
    environment.server = (request) =>
      fixture.web.app.handle(request, "10.0.0.9");
    const code = await environment.finish(runLars(parameters, environment));
    const { output, errors } = environment;
    return { code, output: output.replaceAll(URL_OF_WEB, "STORE"), errors };
  };
}

/** What depends on when and by whom it was done. */
function comparable(text: string): string {
  return text.replaceAll(/"(who|since|until)":[^,}]+/g, '"$1":0')
    .replaceAll(/"(since|until)":"[^"]*"/g, '"$1":0');
}

Deno.test("lars route and lars host say the same over the admin API as on the store", async () => {
  await using fixture = await WebFixture.open();
  const remote = await overApi(fixture);
  await onStore(async (lars) => {
    for (const command of COMMANDS) {
      const here = await lars(...command);
      const there = await remote(...command);
      const what = command.join(" ");
      assertEquals(there.code, here.code, what);
      assertEquals(comparable(there.output), comparable(here.output), what);
      assertEquals(comparable(there.errors), comparable(here.errors), what);
    }
  });
  const changes = await fixture.admin.changes({ limit: 100 });
  assert(changes.length > 5);
  for (const { actor } of changes) assertMatch(actor, /^token /);
});

Deno.test("lars over the admin API says who is refused, and what is not done there", async () => {
  await using fixture = await WebFixture.open();
  const reader = await overApi(fixture, { scopes: ["read"] });
  const refused = await reader("route", "add", "1", "1", "10.0.0.1:80");
  assertEquals(refused.code, 2);
  assertMatch(refused.errors, /scope "write/);
  const nobody = new FakeEnvironment();
  nobody.server = (request) => fixture.web.app.handle(request, "10.0.0.9");
  const code = await nobody.finish(
    runLars(["route", "list", "--url", URL_OF_WEB], nobody),
  );
  assertEquals(code, 2);
  assertMatch(nobody.errors, /make a token/);
  for (
    const [parameters, words] of [
      [["route", "list", "--url", "nothing"], /must begin with http/],
      [["route", "list", "--url", URL_OF_WEB, "--data", "x"], /together/],
    ] as const
  ) {
    const environment = new FakeEnvironment();
    const wrong = await environment.finish(runLars(parameters, environment));
    assertEquals(wrong, 64);
    assertMatch(environment.errors, words);
  }
});

Deno.test("lars host drain --wait over the admin API is refused before anything is drained", async () => {
  await using fixture = await WebFixture.open();
  const lars = await overApi(fixture);
  await lars("route", "add", "1", "1", "10.0.0.1:80");
  const { code, output, errors } = await lars(
    ..."host drain 10.0.0.1:80 --reason disk --wait 1s".split(" "),
  );
  assertEquals([code, output], [64, ""]);
  assertMatch(errors, /Cannot wait for callers/);
  assertEquals(await fixture.routes.drains(), []);
});

Deno.test("lars over the admin API waits for a web that does not answer, and gives up", async () => {
  const environment = new FakeEnvironment();
  const parameters = ["route", "list", "--url", URL_OF_WEB];
  const code = await environment.finish(runLars(parameters, environment));
  assertEquals(code, 2);
  assertMatch(environment.errors, /connection refused/);
});

Deno.test("an edit over the admin API that meets another's is made on what that has left", async () => {
  await using fixture = await WebFixture.open();
  const lars = await overApi(fixture);
  await lars("route", "add", "1", "1", "10.0.0.1:80", "10.0.0.2:80");
  let isFirst = true;
  const environment = new FakeEnvironment();
  environment.server = async (request) => {
    if (request.method === "POST" && isFirst) {
      isFirst = false;
      await lars("route", "add", "1", "1", "10.0.0.3:80");
    }
    return await fixture.web.app.handle(request, "10.0.0.9");
  };
  const code = await environment.finish(runLars([
    "route",
    "remove",
    "1",
    "1",
    "10.0.0.1:80",
    "--url",
    URL_OF_WEB,
    "--token",
    await fixture.token(["write"]),
  ], environment));
  assertEquals(code, 0);
  const [route] = await fixture.routes.read([{ modId: 1, cmdId: 1 }]);
  assertEquals(route!.hosts.length, 2);
});

Deno.test("an edit over the admin API whose answer was lost is made once, and done", async () => {
  await using fixture = await WebFixture.open();
  const lars = await overApi(fixture);
  await lars("route", "add", "1", "1", "10.0.0.1:80", "10.0.0.2:80");
  for (
    const [command, said] of [
      ["remove 1 1 10.0.0.1:80", "removed host"],
      ["set 1 1 10.0.0.2:80 --weight 7", "changed host"],
      ["add 1 1 10.0.0.3:80", "added host"],
    ] as const
  ) {
    let lost = 0;
    const environment = new FakeEnvironment();
    environment.server = async (request) => {
      const response = await fixture.web.app.handle(request, "10.0.0.9");
      if (request.method !== "POST" || lost > 0) return response;
      lost += 1;
      assertEquals(response.status, 200);
      throw new TypeError("connection reset");
    };
    const token = await fixture.token(["write"]);
    const code = await environment.finish(runLars([
      ...["route", ...command.split(" ")],
      ...["--url", URL_OF_WEB, "--token", token],
    ], environment));
    assertEquals([code, lost, environment.errors], [0, 1, ""], command);
    assertMatch(environment.output, new RegExp(`^${said}`));
  }
});

Deno.test("lars route import leaves out a policy that is not known, over the admin API as on the store, and says so", async () => {
  await using fixture = await WebFixture.open();
  const remote = await overApi(fixture);
  const csv = await Deno.makeTempFile({ suffix: ".csv" });
  await Deno.writeTextFile(
    csv,
    "modid,cmdid,ip,port,policy,check\n" +
      "1,1,10.0.0.1,80,newer,on\n1,2,10.0.0.1,80,lars,\n",
  );
  const exported = "modid,cmdid,ip,port,weight,zone,policy,check\n" +
    "1,1,10.0.0.1,80,,,,on\n1,2,10.0.0.1,80,,,lars,\n";
  await onStore(async (lars) => {
    for (const run of [lars, remote]) {
      const { code, errors } = await run("route", "import", csv);
      assertEquals(code, 0, errors);
      assertMatch(
        errors,
        /1 of these routes, such as \(1, 1\),.*none of lars, adaptive: "newer"/,
      );
      const { output } = await run("route", "export", "-");
      assertEquals(output, exported);
    }
  });
  await Deno.remove(csv);
});

Deno.test("lars route policy over the admin API makes a change, which refuses a policy that this web does not know", async () => {
  await using fixture = await WebFixture.open();
  const lars = await overApi(fixture);
  await lars("route", "add", "1", "1", "10.0.0.1:80");
  const environment = new FakeEnvironment();
  const asked: string[] = [];
  environment.server = (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return fixture.web.app.handle(request, "10.0.0.9");
  };
  const token = await fixture.token(["write"]);
  const options = ["--url", URL_OF_WEB, "--token", token];
  const code = await environment.finish(
    runLars(["route", "policy", "1", "1", "adaptive", ...options], environment),
  );
  assertEquals(code, 0);
  const posts = asked.filter((each) => each.startsWith("POST"));
  assertEquals(posts, ["POST /api/v1/changes"]);
});
