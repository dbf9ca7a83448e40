/**
 * A database that is named by a name with addresses of both families, or by an
 * IPv6 address.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { startMariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { addressOf, LARS, prepareDatabase } from "../support/database.ts";
import { runDeno } from "../support/processes.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

/** ::1 stands first, as on many systems. */
const HOSTS = "::1 localhost\n127.0.0.1 localhost\n";

testOnMariadb(
  "lars reaches a database over IPv6, and by a name that has both families",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    await Deno.writeTextFile(`${folder}/hosts`, HOSTS);
    const script = `mount --bind ${folder}/hosts /etc/hosts && exec "$@"`;
    const withHosts = isRoot
      ? { wrapper: ["unshare", "-m", "sh", "-c", script, "sh"] }
      : {};
    const table: [listen: string, dbHost: string][] = [
      ["127.0.0.1", "localhost"],
      ["127.0.0.1,::1", "[::1]"],
      ["127.0.0.1,::1", "localhost"],
    ];
    for (const [listen, dbHost] of table) {
      await using server = await startMariadb({
        args: [`--bind-address=${listen}`],
      });
      await prepareDatabase(addressOf(server));
      await Deno.writeTextFile(
        `${folder}/dns.conf`,
        `[mysql]\ndb_host = ${dbHost}:${server.port}\ndb_user = ${LARS.user}\ndb_passwd = ${LARS.password}\n`,
      );
      const lars = (...args: string[]) =>
        runDeno(
          ["run", "-A", "api/cli/main.ts", ...args, "--conf", folder],
          withHosts,
        );
      const added = await lars("route", "add", "1", "1", "10.0.0.1:80");
      // A slow machine is told what it waits for.
      assertEquals(added.code, 0, `${dbHost}: ${added.stderr}`);
      assertEquals((await lars("route", "list")).stdout, "1 1 10.0.0.1:80\n");
    }
    await Deno.remove(folder, { recursive: true });
  },
);
