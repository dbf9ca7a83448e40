import { assertEquals, assertMatch } from "@std/assert";
import { findFile, installPackages } from "../../../store/testing/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../../tasks/local/free_ports.ts";
import { serviceArguments } from "../../../tasks/local/services.ts";
import {
  makeStore,
  row,
  runLars,
  RunningDeno,
} from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const DIG = "/usr/bin/dig";

const noDig = findFile([DIG]) === undefined
  ? await installPackages(["bind9-dnsutils"])
  : undefined;

Deno.test({
  name: `dig finds the hosts of a route in the agent${
    noDig === undefined ? "" : ` (skipped: ${noDig})`
  }`,
  ignore: noDig !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const [dnsPort, port] = [freeTcpPort(), freeTcpPort()];
    const agentPort = freeUdpPorts(3);
    await Deno.writeTextFile(
      `${folder}/dns.conf`,
      `[reactor]\nport = ${dnsPort}\n`,
    );
    await Deno.writeTextFile(
      `${folder}/agent.conf`,
      `[agent]\nport = ${agentPort}\n[dnsserver]\nport = ${dnsPort}\n` +
        `[loadbalance]\ncheck = off\n[resolver]\nport = ${port}\n`,
    );
    await makeStore(
      folder,
      Array.from({ length: 60 }, (_, at) => row(1, 2, `10.0.0.${at + 1}:80`)),
    );
    const start = async (name: "dns" | "agent") =>
      new RunningDeno(
        await serviceArguments(name, { conf: folder, data: folder }),
      );
    async function dig(...args: string[]): Promise<string> {
      const { stdout } = await new Deno.Command(DIG, {
        args: ["@127.0.0.1", "-p", String(port), "+tries=1", ...args],
      }).output();
      return new TextDecoder().decode(stdout);
    }

    await using agent = await start("agent");
    await agent.printed(/ ready at=/);
    assertMatch(await dig("1.2.lars.internal"), /status: SERVFAIL/);
    {
      await using dns = await start("dns");
      await dns.printed(/ ready at=/);
      await eventually(
        "the agent has found dns",
        async () => !/SERVFAIL/.test(await dig("1.2.lars.internal")),
      );
      // 60 of them come over TCP, as dig asks again by itself.
      const srv = await dig("+short", "SRV", "_http._tcp.1.2.lars.internal");
      const lines = srv.trim().split("\n");
      assertEquals(lines.length, 60);
      assertMatch(lines[0]!, /^0 100 80 10-0-0-\d+\.host\.lars\.internal\.$/);
      const name = lines[0]!.split(" ").at(-1)!;
      assertMatch(await dig("+short", name), /^10\.0\.0\.\d+\n$/);
      assertMatch(await dig("9.9.lars.internal"), /status: NXDOMAIN/);
      assertMatch(await dig("example.com"), /status: REFUSED/);

      const added = await runLars([
        ...["route", "add", "9", "9", "10.9.9.9:80", "--data", folder],
      ]);
      assertEquals(added.code, 0, added.stderr);
      await eventually(
        "the edit in DNS",
        async () => await dig("+short", "9.9.lars.internal") === "10.9.9.9\n",
      );
    }
    // What it knows it goes on saying; what it does not is no "no".
    assertMatch(await dig("+short", "9.9.lars.internal"), /^10\.9\.9\.9\n$/);
    assertMatch(await dig("8.8.lars.internal"), /status: SERVFAIL/);
    agent.kill("SIGTERM");
    assertEquals(await agent.ended(), 0);
    await Deno.remove(folder, { recursive: true });
  },
});
