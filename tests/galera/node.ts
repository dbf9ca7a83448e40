import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import type { GaleraPrograms } from "./install.ts";

/** Lines of a node's log that an error shows. */
const LOG_LINES = 40;

/**
 * Small, and quick to start. What is committed is with the operating system when
 * COMMIT returns, so that SIGKILL does not take it.
 */
const SETTINGS = [
  "--binlog-format=ROW",
  "--default-storage-engine=InnoDB",
  "--innodb-autoinc-lock-mode=2",
  "--innodb-buffer-pool-size=64M",
  "--innodb-log-file-size=16M",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-flush-method=fsync",
  "--performance-schema=OFF",
  "--max-connections=200",
];

/** Options of {@linkcode GaleraNode.start}. */
export interface GaleraStart {
  /** Group addresses of the nodes that live; none founds a new cluster. */
  peers: readonly string[];
}

/** One MariaDB server of a Galera cluster, with ports and a folder of its own. */
export class GaleraNode {
  /** Port at which it takes SQL. */
  readonly port = freeTcpPort();
  readonly name: string;
  readonly #programs: GaleraPrograms;
  readonly #folder: string;
  readonly #groupPort = freeTcpPort();
  readonly #transferPort = freeTcpPort();
  readonly #copyPort = freeTcpPort();
  #child: Deno.ChildProcess | undefined;

  /** `folder` is one that the servers' user may make others in. */
  constructor(
    programs: GaleraPrograms,
    { folder, name }: { folder: string; name: string },
  ) {
    this.#programs = programs;
    this.#folder = `${folder}/${name}`;
    this.name = name;
  }

  /** Address at which other nodes reach it. */
  get groupAddress(): string {
    return `127.0.0.1:${this.#groupPort}`;
  }

  /** True while its process runs. */
  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Writes the system tables: the founder needs them, the others copy them. */
  async install(): Promise<void> {
    await this.#makeFolder();
    const { success, stderr, stdout } = await new Deno.Command(
      this.#programs.installer,
      {
        args: [
          "--no-defaults",
          ...this.#asUser(),
          `--datadir=${this.#folder}`,
          "--auth-root-authentication-method=normal",
          "--skip-test-db",
        ],
        stdin: "null",
      },
    ).output();
    if (success) return;
    const decoder = new TextDecoder();
    throw new Error(
      `Cannot install the tables of ${this.name}: ${decoder.decode(stdout)}${
        decoder.decode(stderr)
      }`,
    );
  }

  /** Starts the process; it takes SQL some seconds later. */
  async start({ peers }: GaleraStart): Promise<void> {
    await this.#makeFolder();
    const founder = peers.length === 0;
    const args = this.#arguments(peers);
    const position = await this.#position(args);
    if (position !== undefined) {
      args.push(`--wsrep-start-position=${position}`);
      if (founder) await this.#allowToFound();
    }
    if (founder) args.push("--wsrep-new-cluster");
    const child = new Deno.Command(this.#programs.server, {
      args: [...args, `--log-error=${this.#logPath}`],
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child = child;
    child.status.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
  }

  /** Stops it in the middle of its work, with SIGSTOP: its connections stay open, unanswered. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** Ends it as a power cut would: SIGKILL, nothing is written any more. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await child.status;
    try {
      // Its scripts that copy data share its process group.
      Deno.kill(-child.pid, "SIGKILL");
    } catch {
      // There are none.
    }
  }

  /** The end of its log. */
  async logTail(): Promise<string> {
    try {
      const text = await Deno.readTextFile(this.#logPath);
      return text.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
    } catch {
      return "it has written no log";
    }
  }

  get #logPath(): string {
    return `${this.#folder}.log`;
  }

  #asUser(): string[] {
    const { user } = this.#programs;
    return user === undefined ? [] : [`--user=${user}`];
  }

  #arguments(peers: readonly string[]): string[] {
    return [
      "--no-defaults",
      ...this.#asUser(),
      `--datadir=${this.#folder}`,
      `--socket=${this.#folder}.sock`,
      `--pid-file=${this.#folder}.pid`,
      "--bind-address=127.0.0.1",
      `--port=${this.port}`,
      ...SETTINGS,
      "--wsrep-on=ON",
      `--wsrep-provider=${this.#programs.provider}`,
      "--wsrep-cluster-name=lars",
      `--wsrep-cluster-address=gcomm://${peers.join(",")}`,
      `--wsrep-node-name=${this.name}`,
      "--wsrep-node-address=127.0.0.1",
      "--wsrep-sst-method=rsync",
      `--wsrep-sst-receive-address=127.0.0.1:${this.#copyPort}`,
      `--wsrep-provider-options=${this.#providerOptions()}`,
    ];
  }

  #providerOptions(): string {
    return [
      `gmcast.listen_addr=tcp://127.0.0.1:${this.#groupPort}`,
      `ist.recv_addr=127.0.0.1:${this.#transferPort}`,
      "gcache.size=32M",
    ].join(";");
  }

  async #makeFolder(): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true });
    const { user } = this.#programs;
    if (user === undefined) return;
    const { success } = await new Deno.Command("chown", {
      args: [`${user}:`, this.#folder],
    }).output();
    if (!success) {
      throw new Error(`Cannot give "${this.#folder}" to the user ${user}`);
    }
  }

  /**
   * Where its data ends, as "cluster:number", read from InnoDB's log after a
   * kill: it then gets only what it missed, not a copy of everything.
   */
  async #position(args: readonly string[]): Promise<string | undefined> {
    const state = await readOptional(`${this.#folder}/grastate.dat`);
    if (state === undefined) return undefined;
    const log = `${this.#folder}.recovery.log`;
    await Deno.remove(log).catch(() => {});
    await new Deno.Command(this.#programs.server, {
      args: [...args, `--log-error=${log}`, "--wsrep-recover"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    const text = await readOptional(log) ?? "";
    return /Recovered position:\s*(\S+)/.exec(text)?.[1];
  }

  /** After all nodes were down, one must be told that it may go on alone. */
  async #allowToFound(): Promise<void> {
    const path = `${this.#folder}/grastate.dat`;
    const state = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      state.replace(/safe_to_bootstrap: *0/, "safe_to_bootstrap: 1"),
    );
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
