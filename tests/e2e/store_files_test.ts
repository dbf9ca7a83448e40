/** Files of a store that are removed, replaced or cut short under running services. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { EmbeddedService } from "../support/embedded_service.ts";
import { ForeignConnection, statusFrame } from "../support/foreign_wire.ts";
import { row, runLars, statusRows } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";
import { Subscriber } from "../mariadb/subscriber.ts";

/** Edits after the files have changed; each is acknowledged. */
const EDITS = 8;

/** Time for services that wait between attempts to see the files again. */
const BACK_MS_MAX = 20_000;

/** Services on an embedded store, with a program that reports all the while. */
class Trial implements AsyncDisposable {
  readonly lars: LocalLars;
  readonly subscriber: Subscriber;
  readonly lines: string[];
  readonly path: string;
  readonly #stop = new AbortController();
  readonly #reporting: Promise<void>;
  #calls = 0;

  private constructor(
    lars: LocalLars,
    { subscriber, lines }: { subscriber: Subscriber; lines: string[] },
  ) {
    this.lars = lars;
    this.subscriber = subscriber;
    this.lines = lines;
    this.path = `${lars.folder}/lars.db`;
    this.#reporting = this.#report();
  }

  static async start(): Promise<Trial> {
    const lines: string[] = [];
    const lars = await LocalLars.start({
      routes: [row(1, 1, "10.0.0.1:80")],
      print: (line) => lines.push(line),
    });
    const [hostname = "", port] = lars.addressOf("dns").split(":");
    const at = { hostname, port: Number(port) };
    const subscriber = await Subscriber.open(at, [1, 1]);
    await subscriber.hears(["10.0.0.1:80"]);
    return new Trial(lars, { subscriber, lines });
  }

  /** Adds a host as a person does; it must be acknowledged. */
  async add(last: number): Promise<void> {
    const { code, stdout, stderr } = await this.#lars(
      ...["route", "add", "1", "1", `10.0.0.${last}:80`],
    );
    assertEquals(code, 0, stdout + stderr);
  }

  /** What a command says that must fail. */
  async refused(): Promise<string> {
    const { code, stdout, stderr } = await this.#lars("route", "list");
    assertEquals([code, stdout], [2, ""]);
    return stderr;
  }

  /** Waits until everything that was acknowledged is served, and the newest status is stored. */
  async settled(lasts: readonly number[]): Promise<void> {
    const hosts = lasts.map((last) => `10.0.0.${last}:80`);
    await this.subscriber.hears(hosts, { deadlineMs: BACK_MS_MAX });
    const calls = this.#calls;
    await eventually(
      "the newest status",
      () => Number(statusRows(this.lars.folder)[0]?.succ_cnt) >= calls,
      { deadlineMs: BACK_MS_MAX },
    );
  }

  /** Ends the services, and reads what is in the file then. */
  async end(): Promise<number[]> {
    this.#stop.abort();
    await this.#reporting;
    for (const name of ["agent", "reporter", "dns"] as const) {
      await this.lars.stopService(name);
    }
    using database = new DatabaseSync(this.path);
    return database.prepare("SELECT serverip FROM RouteData ORDER BY serverip")
      .all().map(({ serverip }) => Number(serverip) & 255);
  }

  /** Lines of a service at this level or above info. */
  troubles(): string[] {
    return this.lines.filter((line) => / (warning|error|fatal) /.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reporting;
    await this.subscriber[Symbol.asyncDispose]();
    await this.lars[Symbol.asyncDispose]();
  }

  #lars(...args: string[]) {
    return runLars([...args, "--data", this.lars.folder]);
  }

  async #report(): Promise<void> {
    using connection = await ForeignConnection.open(
      this.lars.addressOf("reporter"),
    );
    while (!this.#stop.signal.aborted) {
      this.#calls += 1;
      const host = { ip: 0x0a000001, port: 80, succ: this.#calls };
      await connection.send(statusFrame(host));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

// Whatever else opens a file of SQLite in a process, and closes it, ends the locks
// of that process: others then take themselves for the last, and remove the -wal.
Deno.test("edits by other programs leave the files of a store that is open where they are", async () => {
  await using dns = await EmbeddedService.start({
    name: "dns",
    rows: [row(1, 1, "10.0.0.1:80")],
    conf: "[feed]\nfull_compare_interval_s = 1\n",
  });
  const [hostname = "", port] = dns.at.split(":");
  const at = { hostname, port: Number(port) };
  await using subscriber = await Subscriber.open(at, [1, 1]);
  const files = () =>
    ["", "-wal", "-shm"].map((suffix) =>
      Deno.statSync(`${dns.folder}/lars.db${suffix}`).ino
    );
  const before = files();
  const hosts = ["10.0.0.1:80"];
  for (const last of LASTS) {
    hosts.push(`10.0.0.${last}:80`);
    const { code, stderr } = await runLars(
      ["route", "add", "1", "1", hosts.at(-1)!, "--data", dns.folder],
    );
    assertEquals(code, 0, stderr);
    await subscriber.hears(hosts);
    assertEquals(files(), before);
  }
  assertEquals(dns.process.linesWith(/warning|error/), []);
});

const LASTS = Array.from({ length: EDITS }, (_, index) => index + 2);

for (
  const suffixes of [["-shm"], ["-wal"], ["-wal", "-shm"]] as const
) {
  const files = suffixes.map((suffix) => `lars.db${suffix}`).join(" and ");
  Deno.test({
    name: `no acknowledged edit is lost after ${files} was removed`,
    // Others cannot remove a file that is open.
    ignore: Deno.build.os === "windows",
    async fn() {
      await using trial = await Trial.start();
      await trial.add(200);
      await trial.settled([1, 200]);
      for (const suffix of suffixes) await Deno.remove(trial.path + suffix);
      for (const last of LASTS) await trial.add(last);
      await trial.settled([1, ...LASTS, 200]);
      assertEquals(await trial.end(), [1, ...LASTS, 200]);
      const anew = trial.troubles().filter((line) =>
        /opened it anew/.test(line)
      );
      assertEquals(anew.length, 1, trial.troubles().join("\n"));
    },
  });
}

Deno.test({
  name: "a store that is gone is said once, and followed again when it is back",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using trial = await Trial.start();
    await Deno.mkdir(`${trial.lars.folder}/aside`);
    const move = async (from: string, to: string) => {
      for (const suffix of ["", "-wal", "-shm"]) {
        await Deno.rename(
          `${trial.lars.folder}/${from}lars.db${suffix}`,
          `${trial.lars.folder}/${to}lars.db${suffix}`,
        );
      }
    };
    await move("", "aside/");
    await eventually(
      "the lines",
      () =>
        trial.troubles().filter((line) => /there is none/.test(line)).length >=
          2,
    );
    const refusal = await trial.refused();
    assert(refusal.includes(`"${trial.path}" as there is none`), refusal);
    await move("aside/", "");
    await trial.add(2);
    await trial.settled([1, 2]);
    assertEquals(await trial.end(), [1, 2]);
    const gone = trial.troubles().filter((line) => /there is none/.test(line));
    assertEquals(gone.length, 2, gone.join("\n"));
  },
});

Deno.test({
  name:
    "a store that was cut short is said, and followed again when it is restored",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using trial = await Trial.start();
    const backup = `${trial.lars.folder}/backup.db`;
    {
      using database = new DatabaseSync(trial.path);
      database.exec(`VACUUM INTO '${backup}'`);
    }
    await Deno.truncate(trial.path, 0);
    await eventually(
      "the line",
      () => trial.troubles().some((line) => /it is empty/.test(line)),
    );
    const refusal = await trial.refused();
    assert(refusal.includes(`"${trial.path}" as it is empty`), refusal);
    for (const suffix of ["-wal", "-shm"]) {
      await Deno.remove(trial.path + suffix).catch(() => {});
    }
    await Deno.copyFile(backup, trial.path);
    await trial.add(2);
    await trial.settled([1, 2]);
    assertEquals(await trial.end(), [1, 2]);
  },
});
