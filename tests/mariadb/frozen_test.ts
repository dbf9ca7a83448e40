/** What commands say while their database stands still, or another holds a lock. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Mariadb, testOnMariadb } from "../../store/testing/mod.ts";
import { addressOf, ADMIN, startDatabase } from "../support/database.ts";
import { RunningDeno } from "../support/processes.ts";
import { Session } from "../support/session.ts";

/** A program on the database of a server. */
function onDatabase(
  folder: string,
  program: string,
  args: readonly string[],
): RunningDeno {
  return new RunningDeno([
    ...["run", "--no-prompt", "--allow-net", "--allow-read", "--allow-write"],
    ...[program, ...args, `--conf=${folder}`],
  ]);
}

/** `lars` on the database of a server. */
function lars(folder: string, ...args: string[]): RunningDeno {
  return onDatabase(folder, "api/cli/main.ts", args);
}

/** Runs commands, each of which says whom it waits for, gives up, and names the database. */
async function assertGivesUp(
  folder: string,
  { server, commands, schema = false }: {
    server: Mariadb;
    commands: string[][];
    /** Whether deno task schema is run too. */
    schema?: boolean;
  },
): Promise<void> {
  const where = `lars_dns at 127.0.0.1:${server.port}`;
  const programs = [
    ...commands.map((args) => () => lars(folder, ...args)),
    ...schema ? [() => onDatabase(folder, "tasks/schema.ts", [])] : [],
  ];
  await Promise.all(programs.map(async (start) => {
    await using command = start();
    await command.printed(/Waiting for store/);
    assert(await command.ended() > 0, command.output);
    const lines = command.output.trim().split("\n");
    assertEquals(lines.length, 2, command.output);
    assertStringIncludes(lines[0]!, where);
    assertStringIncludes(lines[1]!, "has not answered within 10 s");
    assertStringIncludes(lines[1]!, where);
  }));
}

testOnMariadb(
  "a command says whom it waits for, and gives up, on a database that stands still and one whose rows are locked",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "lars-frozen-" });
    await using server = await startDatabase();
    await Deno.writeTextFile(
      `${folder}/dns.conf`,
      `[mysql]\ndb_port = ${server.port}\ndb_user = ${ADMIN.user}\n`,
    );
    const add = ["route", "add", "1", "1", "10.0.0.1:80"];
    using admin = new Session(addressOf(server), ADMIN);
    await admin.sql("BEGIN");
    await admin.sql("SELECT * FROM lars_dns.RouteVersion FOR UPDATE");
    await assertGivesUp(folder, { server, commands: [add] });
    await admin.sql("COMMIT");
    // What was given up was not done by the time the lock is free.
    await using list = lars(folder, "route", "list");
    assertEquals(await list.ended(), 0);
    assert(list.output.includes("no routes yet"), list.output);

    const pid = Number(await Deno.readTextFile(`${server.folder}/pid`));
    Deno.kill(pid, "SIGSTOP");
    try {
      await assertGivesUp(folder, {
        server,
        commands: [
          add,
          ["route", "list"],
          ["route", "export"],
          ["store", "create"],
          ["store", "accept"],
        ],
        schema: true,
      });
    } finally {
      Deno.kill(pid, "SIGCONT");
    }
    await Deno.remove(folder, { recursive: true });
  },
);
