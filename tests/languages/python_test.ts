import { assertEquals } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { row } from "../support/processes.ts";
import { testOutage } from "./outage.ts";
import { codeBlocks, run, succeeds } from "./tools.ts";

const FOLDER = `${ROOT}api/python`;
const OLDEST = "import sys; assert sys.version_info >= (3, 9)";
const hasPython = await succeeds("python3", "-c", OLDEST);
const skipped = hasPython ? "" : " (skipped: there is no python3 from 3.9 on)";

/** The package from its folder, which is left as it is. */
const ENV = {
  PYTHONPATH: FOLDER,
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONWARNINGS: "error",
};

Deno.test({
  name: `the client for Python passes its tests${skipped}`,
  ignore: !hasPython,
  async fn() {
    const command = "python3 -m unittest discover -s tests -t .".split(" ");
    const { code, output } = await run(command, { cwd: FOLDER, env: ENV });
    assertEquals(code, 0, output);
  },
});

Deno.test({
  name:
    `no call fails in Python while the agent is killed and away for 5 s${skipped}`,
  ignore: !hasPython,
  async fn() {
    await testOutage(
      ["threads", "asyncio"].map((way) => [
        "python3",
        "-m",
        "tests.call_loop",
        way,
      ]),
      ENV,
    );
  },
});

Deno.test({
  name: `the examples of the page for Python run as printed${skipped}`,
  ignore: !hasPython,
  async fn() {
    const host = "192.168.1.177:7777";
    await using lars = await LocalLars.start({
      routes: [row(1, 1, host)],
      print: () => {},
    });
    const env = { ...ENV, LARS_AGENT: `127.0.0.1:${lars.agent.port}` };
    const blocks = await codeBlocks("api/python/README.md", "python");
    const [sync = "", asyncio = ""] = blocks;
    for (const program of [sync, asyncio]) {
      assertEquals(await run(["python3", "-c", program], { env }), {
        code: 0,
        output: `calling ${host}\ncalled\n`,
      });
    }
  },
});
