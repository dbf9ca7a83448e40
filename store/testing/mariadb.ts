import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { findFile, installPackages } from "./debian.ts";

/** Time for a server to accept connections, and to end. */
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** Options of {@linkcode startMariadb}. */
export interface MariadbOptions {
  /** Folder of its data; by default one that is removed when the server stops. */
  folder?: string;
  /** By default a free one. */
  port?: number;
  /** More arguments of mariadbd, after ours. */
  args?: readonly string[];
}

/** A private MariaDB on loopback: user "root", no password. */
export interface Mariadb extends AsyncDisposable {
  readonly port: number;
  /** Data, socket, pid file and log. */
  readonly folder: string;
  /** Ends it as an administrator would. */
  stop(): Promise<void>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it accepts. */
  restart(): Promise<void>;
}

/** Why no private MariaDB can be started here, or undefined if it can. */
export async function whyNoMariadb(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "MariaDB is started on Linux only";
  if (findServer() !== undefined) return undefined;
  const reason = await installPackages(["mariadb-server"]);
  return findServer() === undefined
    ? `mariadbd is not installed: ${reason ?? "mariadb-server has none"}`
    : undefined;
}

/**
 * Starts a private MariaDB, as user mysql when this is root, and waits until it
 * accepts, 2 s later.
 *
 * @throws {Error} If it cannot be started; see {@linkcode whyNoMariadb}.
 */
export async function startMariadb(
  options: MariadbOptions = {},
): Promise<Mariadb> {
  const server = findServer();
  if (server === undefined) throw new Error(await whyNoMariadb());
  const temporary = options.folder === undefined;
  const folder = options.folder ??
    await Deno.makeTempDir({ prefix: "lars_mariadb_" });
  const port = options.port ?? freeTcpPort();
  if (findFile([`${folder}/data/ibdata1`]) === undefined) await install(folder);
  const args = serverArgs(folder, port).concat(options.args ?? []);
  let child: Deno.ChildProcess | undefined = await launch({
    server,
    args,
    folder,
    port,
  });

  async function end(signal: Deno.Signal): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined) return;
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill("SIGKILL"), STOP_MS_MAX);
    await ending.status;
    clearTimeout(timer);
  }

  return {
    port,
    folder,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGTERM");
      child = await launch({ server, args, folder, port });
    },
    async [Symbol.asyncDispose]() {
      await end(temporary ? "SIGKILL" : "SIGTERM");
      if (temporary) await Deno.remove(folder, { recursive: true });
    },
  };
}

function findServer(): string | undefined {
  return findFile([
    "/usr/sbin/mariadbd",
    "/usr/bin/mariadbd",
    "/usr/sbin/mysqld",
  ]);
}

/** The server refuses to run as root. */
function asUser(): string[] {
  return Deno.uid() === 0 ? ["--user=mysql"] : [];
}

async function install(folder: string): Promise<void> {
  // A server that starts removes what others have in a folder they share.
  await Deno.mkdir(`${folder}/tmp`, { recursive: true });
  if (Deno.uid() === 0) await run("chown", ["-R", "mysql", folder]);
  await run("mariadb-install-db", [
    "--no-defaults",
    `--datadir=${folder}/data`,
    `--tmpdir=${folder}/tmp`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    ...asUser(),
  ]);
}

async function run(command: string, args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(
    `Cannot run ${command}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`,
  );
}

function serverArgs(folder: string, port: number): string[] {
  return [
    "--no-defaults",
    `--datadir=${folder}/data`,
    `--tmpdir=${folder}/tmp`,
    `--socket=${folder}/socket`,
    `--pid-file=${folder}/pid`,
    `--log-error=${folder}/log`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-networking=0",
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=64M",
    "--innodb-flush-log-at-trx-commit=2",
    "--performance-schema=0",
    "--max-connections=200",
    ...asUser(),
  ];
}

async function launch({ server, args, folder, port }: {
  server: string;
  args: string[];
  folder: string;
  port: number;
}): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(server, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  const deadlineMs = performance.now() + START_MS_MAX;
  while (!(await accepts(port))) {
    if (ended || performance.now() > deadlineMs) {
      if (!ended) child.kill("SIGKILL");
      const log = await Deno.readTextFile(`${folder}/log`).catch(() => "");
      throw new Error(`Cannot start MariaDB: ${log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

/** A server that is ready greets. */
async function accepts(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return (await connection.read(new Uint8Array(1))) === 1;
  } catch {
    return false;
  }
}
