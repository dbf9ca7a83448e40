import { assertEquals, assertMatch } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { row } from "../support/processes.ts";
import { testOutage } from "./outage.ts";
import { codeBlocks, type Printed, run, succeeds } from "./tools.ts";

const FOLDER = `${ROOT}api/go`;
const hasGo = await succeeds("go", "version");
const skipped = hasGo ? "" : " (skipped: there is no go)";

/** Go with caches of its own and no network. */
class Go implements AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.env = {
      GOCACHE: `${folder}/cache`,
      GOPATH: `${folder}/path`,
      GOENV: "off",
      GOFLAGS: "-mod=mod",
      GOPROXY: "off",
      GOTOOLCHAIN: "local",
      GOWORK: "off",
    };
  }

  static async make(): Promise<Go> {
    return new Go(await Deno.makeTempDir({ prefix: "lars-go-" }));
  }

  /** Runs `go`, behind the tests of the suite that measure nothing but wait. */
  run(...args: string[]): Promise<Printed> {
    const { env } = this;
    return run(["nice", "-n", "10", "go", ...args], { cwd: FOLDER, env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test({
  name: `the client for Go is formatted, vetted and passes its tests${skipped}`,
  ignore: !hasGo,
  async fn() {
    await using go = await Go.make();
    assertEquals(await run(["gofmt", "-l", FOLDER]), { code: 0, output: "" });
    assertEquals(await go.run("vet", "./..."), { code: 0, output: "" });
    // The race detector needs a C compiler.
    const race = await succeeds("gcc", "--version") ? ["-race"] : [];
    const { code, output } = await go.run("test", ...race, "./...");
    assertEquals(code, 0, output);
    await goOnRealAgent(go);
  },
});

/** The rest needs what the tests have compiled. */
async function goOnRealAgent(go: Go): Promise<void> {
  const loop = `${go.folder}/callloop`;
  const built = await go.run("build", "-o", loop, "./internal/callloop");
  assertEquals(built, { code: 0, output: "" });
  await testOutage([[loop]]);

  await using lars = await LocalLars.start({
    routes: [row(1, 1, "192.168.1.177:7777")],
    print: () => {},
  });
  const page = `${go.folder}/page`;
  await Deno.mkdir(page);
  const [program = ""] = await codeBlocks("api/go/README.md", "go");
  await Deno.writeTextFile(`${page}/main.go`, program);
  await Deno.writeTextFile(
    `${page}/go.mod`,
    `module page
go 1.19
require example.com/lars v0.0.0
replace example.com/lars => ${FOLDER}
`,
  );
  const { output } = await run(["go", "run", "."], {
    cwd: page,
    env: { ...go.env, LARS_AGENT: `127.0.0.1:${lars.agent.port}` },
  });
  assertMatch(output, /^calling 192\.168\.1\.177:7777\ncalled: <nil>\n$/);
}
