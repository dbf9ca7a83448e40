/** Agents whose data folder cannot be written. */
import { assert, assertEquals } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { formatEndpoint } from "../../proto/mod.ts";
import { freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { ROOT, serviceArguments } from "../../tasks/local/services.ts";
import { EmbeddedService } from "../support/embedded_service.ts";
import { row, RunningDeno } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const ROUTES = `{"version":1,"routes":[
{"modid":7,"cmdid":1,"hosts":["10.0.0.7:80"]}
]}
`;

/** Whether file systems can be mounted here. */
const canMount = await new Deno.Command("unshare", {
  args: ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
  stdout: "null",
  stderr: "null",
}).output().then(({ success }) => success, () => false);
if (!canMount) console.log("skipped in part: no file system can be mounted");

interface Case {
  what: string;
  /** Prepares the data folder $DATA, in a mount namespace of the agent. */
  script: string;
  /** Whether a file of routes is there. */
  withRoutes: boolean;
  /** Where the data folder is, in the folder of the test. */
  data?: string;
  mounts: boolean;
}

const CASES: Case[] = [
  {
    what: "is below a file",
    script: "true",
    withRoutes: false,
    data: "agent.conf/data",
    mounts: false,
  },
  {
    what: "is read-only",
    script: "mount --bind $DATA $DATA && mount -o remount,ro,bind $DATA",
    withRoutes: true,
    mounts: true,
  },
  {
    what: "is full",
    script: "mount -t tmpfs -o size=4k tmpfs $DATA && echo full > $DATA/file",
    withRoutes: false,
    mounts: true,
  },
];

for (const { what, script, withRoutes, data = "data", mounts } of CASES) {
  Deno.test({
    name: `an agent whose data folder ${what} says so once, and serves`,
    ignore: mounts && !canMount,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "lars-files-" });
      const path = `${folder}/${data}`;
      await using dns = await EmbeddedService.start({
        name: "dns",
        rows: [row(1, 1, "10.0.0.1:80")],
      });
      const at = { hostname: "127.0.0.1", port: freeUdpPorts(3) };
      await Deno.writeTextFile(
        `${folder}/agent.conf`,
        `[agent]\nport = ${at.port}\n[dnsserver]\naddresses = ${dns.at}\n`,
      );
      if (mounts) await Deno.mkdir(path);
      if (withRoutes) {
        await Deno.writeTextFile(`${path}/agent-routes.json`, ROUTES);
      }
      await using agent = new RunningDeno(
        await serviceArguments("agent", { conf: folder, data: path }),
        {
          cwd: ROOT,
          env: { DATA: path },
          ...mounts &&
            {
              wrapper: [
                ...["unshare", "-m", "sh", "-c"],
                ...[`${script} && exec "$@"`, "sh"],
              ],
            },
        },
      );
      const [, ready] = await agent.printed(/ ready at=(\S+)/);
      assertEquals(ready, formatEndpoint(at));
      await using client = LarsClient.open({ agent: at });
      if (withRoutes) {
        assertEquals((await client.getHost(7, 1)).state, "found");
      }
      // A route to be kept: the agent tries to again and again.
      await eventually(
        "the route",
        async () => (await client.getHost(1, 1)).state === "found",
      );
      const cannot = /cannot keep files in the data folder/;
      await eventually("the line", () => agent.linesWith(cannot).length > 0);
      agent.kill("SIGTERM");
      assertEquals(await agent.ended(), 0);
      const errors = agent.linesWith(/ error agent: /);
      assertEquals(errors.length, 1, agent.output);
      assert(errors[0]!.includes(path), agent.output);
      assert(!agent.output.includes("    at "), agent.output);
      await Deno.remove(folder, { recursive: true });
    },
  });
}
