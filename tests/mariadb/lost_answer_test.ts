/** What a command says whose database has done what it asks, and is lost before it says so. */
import { assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { testOnMariadb } from "../../store/testing/mod.ts";
import { ADMIN, startDatabase } from "../support/database.ts";
import { runDeno } from "../support/processes.ts";

/** How the statement that ends a transaction looks on the wire. */
const COMMIT = "\x03COMMIT";

/** A way to a database that resets the first connection on which it answers to COMMIT. */
class BreakingWay implements AsyncDisposable {
  /** Answers that were lost. */
  lost = 0;
  readonly #server = createServer((program) => this.#accept(program));
  readonly #to: number;

  constructor(to: number) {
    this.#to = to;
  }

  /** Opens it; returns its port. */
  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(program: Socket): void {
    const database = connect(this.#to, "127.0.0.1");
    let isCommitting = false;
    program.on("data", (bytes) => {
      isCommitting = bytes.toString("latin1").endsWith(COMMIT);
      database.write(bytes);
    });
    database.on("data", (bytes) => {
      if (!isCommitting || this.lost > 0) return program.write(bytes);
      this.lost += 1;
      program.resetAndDestroy();
      database.destroy();
    });
    for (const [from, to] of [[program, database], [database, program]]) {
      from!.on("error", () => to!.destroy());
      from!.on("close", () => to!.destroy());
    }
  }
}

testOnMariadb(
  "a removal whose COMMIT was done and not answered is done, not of a host that is none",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "lars-lost-" });
    await using server = await startDatabase();
    const lars = async (port: number, ...args: string[]) => {
      const conf = `[mysql]\ndb_port = ${port}\ndb_user = ${ADMIN.user}\n`;
      await Deno.writeTextFile(`${folder}/dns.conf`, conf);
      return await runDeno([
        ...["run", "--no-prompt", "--allow-net", "--allow-read"],
        ...["api/cli/main.ts", "route", ...args, `--conf=${folder}`],
      ]);
    };
    await lars(server.port, "add", "1", "1", "10.0.0.1:80");
    await using way = new BreakingWay(server.port);
    const port = await way.open();
    const { code, stdout, stderr } = await lars(
      ...[port, "remove", "1", "1", "10.0.0.1:80"] as const,
    );
    assertEquals([code, way.lost], [0, 1], stderr);
    assertMatch(stdout, /^removed host of \(1, 1\): 10\.0\.0\.1:80/);
    await Deno.remove(folder, { recursive: true });
  },
);
