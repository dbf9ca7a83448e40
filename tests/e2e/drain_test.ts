import { assert, assertEquals, assertMatch } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { formatAddress, type HostAddress } from "../../proto/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { row, RunningDeno } from "../support/processes.ts";
import { storeArguments, testOnStores } from "../support/stores.ts";
import { eventually } from "../support/wait.ts";

const [DRAINED, OTHER] = ["10.0.0.1:80", "10.0.0.2:80"] as const;

/** Asks for hosts, and reports the calls to all but one, which stays under way. */
async function begin(client: LarsClient): Promise<HostAddress> {
  return await eventually("a call to the host that is drained", async () => {
    const outcome = await client.getHost(1, 1);
    if (outcome.state !== "found") return undefined;
    const { host } = outcome;
    if (formatAddress(host) === DRAINED) return host;
    await client.report(1, 1, { host, returnCode: 0 });
    return undefined;
  });
}

testOnStores(
  "lars host drain --wait ends when the call under way does, and no other begins",
  async (_test, store) => {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, DRAINED), row(1, 1, OTHER)],
      settings: [{ modId: 1, cmdId: 1, policy: "adaptive" }],
      database: store.database,
      print: () => {},
    });
    await using client = LarsClient.open({ agent: lars.agent });
    const host = await begin(client);
    await using draining = new RunningDeno([
      ...["run", "--no-prompt", "--allow-net", "--allow-read"],
      ...["--allow-write", "api/cli/main.ts", "host", "drain", DRAINED],
      ...["--reason", "new disk", "--wait", "120s", ...storeArguments(lars)],
    ]);
    await draining.printed(/0 of 1 caller stopped, 1 call in flight/);
    for (let calls = 0; calls < 50; calls++) {
      const outcome = await client.getHost(1, 1);
      assert(outcome.state === "found");
      assertEquals(formatAddress(outcome.host), OTHER);
      await client.report(1, 1, { host: outcome.host, returnCode: 0 });
    }
    await client.report(1, 1, { host, returnCode: 0 });
    assertEquals(await draining.ended(), 0, draining.output);
    assertMatch(
      draining.output,
      /1 of 1 caller stopped, no calls in flight\n/,
    );
  },
);
