import { eventually, sleep } from "../../support/wait.ts";
import { assert, assertEquals } from "@std/assert";
import { freeTcpPort } from "../../../tasks/local/free_ports.ts";
import { serviceArguments } from "../../../tasks/local/services.ts";
import {
  ForeignConnection,
  frame,
  message,
  parts,
} from "../../support/foreign_wire.ts";
import {
  makeStore,
  metricsAt,
  row,
  RunningDeno,
} from "../../support/processes.ts";

/** File descriptors of dns; about half of them it needs for itself. */
const DESCRIPTORS = 64;

/** Time for a few attempts to accept, or for very many by a dns that does not pause. */
const WATCH_MS = 1_000;

/** Pauses grow to 1 s: attempts of a test that a busy machine makes last for a minute. */
const ATTEMPTS_MAX = 100;

const REQUEST = frame(1, message({ 1: 1, 2: 1 }));

Deno.test({
  name:
    "out of file descriptors, dns pauses accepting, says so once, and resumes",
  // Limits are set as Linux has them.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const metricsPort = freeTcpPort();
    await Deno.writeTextFile(
      `${folder}/dns.conf`,
      `[reactor]\nport = 0\n[metrics]\nport = ${metricsPort}\n`,
    );
    await makeStore(folder, [row(1, 1, "10.0.0.1:80")]);
    const connections: ForeignConnection[] = [];
    await using dns = new RunningDeno(
      await serviceArguments("dns", { conf: folder, data: folder }),
      { wrapper: ["sh", "-c", `ulimit -n ${DESCRIPTORS}; exec "$@"`, "sh"] },
    );
    try {
      const [, address = ""] = await dns.printed(/ ready at=(\S+)/);
      const first = await ForeignConnection.open(address);
      connections.push(first);
      await first.send(REQUEST);
      assertEquals(parts((await first.receive()).body, 3).length, 1);

      // The system takes them for dns, which cannot.
      for (let opened = 0; opened < DESCRIPTORS; opened++) {
        connections.push(await ForeignConnection.open(address));
      }
      await dns.printed(/cannot accept connections/);
      await sleep(WATCH_MS);
      assertEquals(dns.linesWith(/cannot accept connections/).length, 1);

      // Who was there before is served all the while.
      await first.send(REQUEST);
      assertEquals(parts((await first.receive()).body, 3).length, 1);

      for (const each of connections.splice(1, DESCRIPTORS - 4)) {
        each[Symbol.dispose]();
      }
      await dns.printed(/accepting connections again/);
      const last = connections.at(-1)!;
      await last.send(REQUEST);
      assertEquals(parts((await last.receive()).body, 3).length, 1);
      assertEquals(dns.linesWith(/Uncaught|fatal/).length, 0);
      const { dns_accept_failures_total: attempts = NaN } = Object.fromEntries(
        await metricsAt(metricsPort),
      );
      assert(attempts <= ATTEMPTS_MAX, `${attempts} attempts to accept`);
    } finally {
      for (const each of connections) each[Symbol.dispose]();
    }
    await eventually("no descriptor is left behind", async () => {
      let open = 0;
      for await (const _ of Deno.readDir(`/proc/${dns.pid}/fd`)) open++;
      return open < DESCRIPTORS - 8;
    });
    dns.kill("SIGTERM");
    assertEquals(await dns.ended(), 0);
    await Deno.remove(folder, { recursive: true });
  },
});
