import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { freeTcpPort, freeUdpPorts } from "../../../tasks/local/free_ports.ts";
import { EmbeddedService } from "../../support/embedded_service.ts";
import { row, runLars } from "../../support/processes.ts";
import { eventually } from "../../support/wait.ts";

const ROWS = [1, 2, 3, 4].map((cmdId) => row(1, cmdId, "10.0.0.1:80"));

Deno.test("lars status says what runs, what is away, and what dns keeps that the store has lost", async () => {
  await using dns = await EmbeddedService.start({
    name: "dns",
    rows: ROWS,
    conf: "[feed]\nfull_compare_interval_s = 1\n",
  });
  const { port } = dns;
  const [away, agent] = [freeTcpPort(), freeUdpPorts(3)];
  await Deno.writeTextFile(
    `${dns.folder}/agent.conf`,
    `[agent]\nport = ${agent}\n[dnsserver]\naddresses = 127.0.0.1:${port}, 127.0.0.1:${away}\n` +
      `[reporter]\nport = ${away}\n[loadbalance]\npolicy = lars\n`,
  );
  const args = ["--conf", dns.folder, "--data", dns.folder];
  const lars = (...command: string[]) => runLars([...command, ...args]);
  await lars("route", "set", "1", "1", "10.0.0.1:80", "--weight", "50");
  await lars("host", "drain", "10.0.0.1:80", "--reason", "new disk");
  await lars("route", "set", "1", "2", "10.0.0.1:80", "--weight", "50");

  const { code, stdout } = await lars("status");
  assertEquals([code, stdout.trim().split("\n")], [2, [
    "no data: no agent has reported calls to this store yet",
    "calls     none",
    "agents    none",
    "",
    `store     ${dns.folder}/lars.db: 4 routes, 4 hosts, 4 of them drained, weights or zones of 2 routes ignored by its policy`,
    `dns       127.0.0.1:${port}: answers, Lars 0.2.0`,
    `dns       127.0.0.1:${away}: does not answer`,
    `reporter  127.0.0.1:${away}: does not answer`,
    `agent     127.0.0.1:${agent}: does not answer`,
  ]]);

  using database = new DatabaseSync(`${dns.folder}/lars.db`);
  database.exec("DELETE FROM RouteData WHERE cmdid > 1");
  await eventually("dns keeps what is lost", async () => {
    const found = JSON.parse((await lars("status", "--json")).stdout);
    const { text, isWrong } = found[1];
    return isWrong && text.includes("keeps hosts of 3 routes");
  });
  assertEquals((await lars("store", "accept")).code, 0);
  await eventually("nothing is kept any more", async () => {
    const { stdout } = await lars("status");
    assertStringIncludes(stdout, "answers");
    return !stdout.includes("keeps hosts");
  });
});
