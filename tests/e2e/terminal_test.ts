/**
 * What a person sees who types a command: on a terminal Deno asks for each
 * permission that is missing, where without one it silently denies it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { SERVICES } from "../../tasks/local/services.ts";
import { makeStore } from "../support/processes.ts";
import { FreshClone } from "../support/terminal.ts";

/** What the pages say a service needs. */
const PERMISSIONS = "--allow-net --allow-read --allow-write";

Deno.test({
  name: "each service started by hand on a terminal asks for nothing",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using clone = await FreshClone.make();
    await makeStore(`${clone.folder}/own`);
    const ports = {
      dns: freeTcpPort(),
      reporter: freeTcpPort(),
      agent: freeUdpPorts(3),
    };
    for (const name of SERVICES) {
      const conf = `${clone.folder}/own/${name}.conf`;
      const section = name === "agent" ? "agent" : "reactor";
      await Deno.writeTextFile(
        conf,
        `[${section}]\nport = ${ports[name]}\n[dnsserver]\nport = ${ports.dns}
[reporter]\nport = ${ports.reporter}\n`,
      );
      await clone.start(
        `deno run ${PERMISSIONS} ${name}/main.ts --conf ${conf} --data own`,
        / ready at=/,
      );
    }
  },
});

Deno.test({
  name: "the lars command run by hand on a terminal asks for nothing",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using clone = await FreshClone.make();
    const { code, lines } = await clone.run(
      `deno run ${PERMISSIONS} api/cli/main.ts --help`,
    );
    assertEquals(code, 0, lines.join("\n"));
    const refused = await clone.run(
      `deno run ${PERMISSIONS} api/cli/main.ts get-host 1 1 --agent 127.0.0.1:${
        freeUdpPorts(3)
      } --timeout-ms 50`,
    );
    assertEquals(refused.code, 2, refused.lines.join("\n"));
  },
});
