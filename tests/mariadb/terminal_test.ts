/** What a person at a terminal sees of programs on a database: Deno asks there for what is missing. */
import { assert, assertEquals } from "@std/assert";
import { testOnMariadb } from "../../store/testing/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { ROOT } from "../../tasks/local/services.ts";
import { ADMIN, startDatabase } from "../support/database.ts";

/** Runs a program on a terminal with the permissions that the pages name, until it ends or prints `last`. */
async function onTerminal(program: string, last?: RegExp): Promise<string> {
  const run = "deno run --allow-net --allow-read --allow-write";
  const child = new Deno.Command("script", {
    args: ["-qec", `${run} ${program}`, "/dev/null"],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const bytes of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += bytes;
    if (last?.test(output) || /Deno requests|Allow\?/.test(output)) break;
  }
  try {
    // The end of the terminal ends what runs on it.
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  await child.status;
  return output;
}

testOnMariadb(
  "programs on a database ask nothing of a person at a terminal",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "lars-terminal-" });
    await using server = await startDatabase();
    for (const name of ["dns", "reporter"]) {
      await Deno.writeTextFile(
        `${folder}/${name}.conf`,
        `[reactor]\nport = ${freeTcpPort()}\n[mysql]
db_port = ${server.port}\ndb_user = ${ADMIN.user}\n`,
      );
    }
    const programs: [string, RegExp][] = [
      ["api/cli/main.ts route add 1 1 10.0.0.1:80 --conf", /added host/],
      ["api/cli/main.ts route list --conf", /1 1 10\.0\.0\.1:80/],
      ["api/cli/main.ts store create --conf", /is there already/],
      ["tasks/schema.ts --conf", /everything is there/],
      ["dns/main.ts --conf", / ready at=/],
      ["reporter/main.ts --conf", / ready at=/],
    ];
    for (const [program, said] of programs) {
      const file = program.startsWith("reporter") ? "reporter" : "dns";
      const conf = `${folder}/${file}.conf`;
      const output = await onTerminal(`${program} ${conf}`, said);
      assert(said.test(output), `${program}: ${output}`);
      assertEquals(/Deno requests/.test(output), false, output);
    }
    await Deno.remove(folder, { recursive: true });
  },
);
