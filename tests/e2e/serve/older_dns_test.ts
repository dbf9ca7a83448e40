/** Hosts that register themselves, as a dns of before sees them on the same store. */
import { assertEquals } from "@std/assert";
import { LarsClient } from "../../../api/mod.ts";
import { LocalLars } from "../../../tasks/local/local_lars.ts";
import {
  ForeignConnection,
  frame,
  hostText,
  message,
  parts,
} from "../../support/foreign_wire.ts";
import { OlderLars } from "../../support/older_lars.ts";
import { row } from "../../support/processes.ts";

/** Made by hand, and there all the time. */
const STATIC = "10.0.0.1:80";

const older = await OlderLars.unpack();
Deno.test.afterAll(() => older?.[Symbol.asyncDispose]());
const ignore = older === undefined;
if (ignore) {
  console.log("skipped: this is no clone with the history of the repository");
}

/** The next list of route (1, 1) that a dns sends, with this number of hosts. */
async function receive(
  connection: ForeignConnection,
  hosts: number,
): Promise<string[]> {
  for (;;) {
    const { id, body } = await connection.receive();
    const list = id === 2 ? parts(body, 3).map(hostText).sort() : [];
    if (list.length === hosts) return list;
  }
}

Deno.test({
  name:
    "an older dns and its agents see hosts that register come and go, and those made by hand stay",
  ignore,
  async fn() {
    await using lars = await LocalLars.start({
      routes: [row(1, 1, STATIC)],
      conf: { agent: "[register]\nenabled = on\nadvertise = 127.0.0.1\n" },
      print: () => {},
    });
    const conf = `${lars.folder}/older.conf`;
    await Deno.writeTextFile(conf, "[reactor]\nport = 0\n");
    await using dns = older!.run(
      "dns/main.ts",
      ...["--conf", conf, "--data", lars.folder],
    );
    const [, at] = await dns.printed(/ready at=(\S+)/);
    using agent = await ForeignConnection.open(at!);
    await agent.send(frame(1, message({ 1: 1, 2: 1 })));
    assertEquals(await receive(agent, 1), [STATIC]);
    await using client = LarsClient.open({ agent: lars.agent });
    const route = { modId: 1, cmdId: 1, drainMs: 100 };
    const first = await client.serve({ ...route, port: 8080 });
    assertEquals(await receive(agent, 2), [STATIC, "127.0.0.1:8080"]);
    const second = await client.serve({ ...route, port: 8081 });
    assertEquals(
      await receive(agent, 3),
      [STATIC, "127.0.0.1:8080", "127.0.0.1:8081"],
    );
    await first.notReady();
    assertEquals(await receive(agent, 2), [STATIC, "127.0.0.1:8081"]);
    await first.ready();
    assertEquals((await receive(agent, 3)).length, 3);
    await Promise.all([first.close(), second.close()]);
    assertEquals(await receive(agent, 1), [STATIC]);
  },
});
