import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import {
  findFile,
  installPackages,
  startMariadb,
  whyNoMariadb,
} from "../../store/testing/mod.ts";
import { eventually } from "./wait.ts";

/** A server of data on loopback, private to a test. */
export interface DataServer extends AsyncDisposable {
  readonly port: number;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
}

/** A kind of server: whether it is here, and how to start one. */
export interface DataServerKind {
  /** Why none can be started here, or undefined. */
  readonly missing: string | undefined;
  start(): Promise<DataServer>;
}

const POSTGRES = [15, 16, 17, 18].map((version) =>
  `/usr/lib/postgresql/${version}/bin/postgres`
);

/** MariaDB, whose user "root" needs no password. */
export async function mariadb(): Promise<DataServerKind> {
  return { missing: await whyNoMariadb(), start: () => startMariadb() };
}

/** Redis, without a file; with LARS_INSTALL=1 it is installed. */
export async function redis(): Promise<DataServerKind> {
  const { path, missing } = await find(["/usr/bin/redis-server"], {
    debian: "redis-server",
  });
  const start = async () => {
    const port = freeTcpPort();
    const at = ["--bind", "127.0.0.1", "--port", String(port)];
    const command = [path!, ...at, "--save", "", "--appendonly", "no"];
    return await serve(command, { port });
  };
  return { missing, start };
}

/** PostgreSQL, whose user "lars" needs no password; with LARS_INSTALL=1 it is installed. */
export async function postgres(): Promise<DataServerKind> {
  const { path, missing } = await find(POSTGRES, { debian: "postgresql" });
  const start = async () => {
    const port = freeTcpPort();
    const folder = await Deno.makeTempDir({ prefix: "lars_postgres_" });
    // It refuses to run as root.
    const isRoot = Deno.uid() === 0;
    const ids = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
    const as = isRoot ? ["setpriv", ...ids, "--"] : [];
    if (isRoot) await run(["chown", "postgres", folder]);
    const data = `${folder}/data`;
    const init = path!.replace(/postgres$/, "initdb");
    const user = ["-U", "lars", "--auth=trust", "--no-sync"];
    await run([...as, init, "-D", data, ...user]);
    const at = ["-h", "127.0.0.1", "-p", String(port), "-k", folder];
    const command = [...as, path!, "-D", data, ...at, "-F"];
    const isReady = () =>
      run([path!.replace(/postgres$/, "pg_isready"), ...at.slice(0, 4)])
        .then(() => true, () => false);
    return await serve(command, { port, folder, isReady });
  };
  return { missing, start };
}

async function find(
  paths: readonly string[],
  { debian }: { debian: string },
): Promise<{ path: string | undefined; missing: string | undefined }> {
  const here = findFile(paths);
  if (here !== undefined) return { path: here, missing: undefined };
  const reason = await installPackages([debian]);
  const path = findFile(paths);
  return { path, missing: path === undefined ? reason : undefined };
}

/** Starts a server; resolves when it accepts. */
async function serve(
  [program, ...args]: readonly string[],
  { port, folder, isReady = () => accepts(port) }: {
    port: number;
    folder?: string;
    isReady?: () => Promise<boolean>;
  },
): Promise<DataServer> {
  const child = new Deno.Command(program!, {
    args,
    cwd: "/tmp",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const end = async (signal: Deno.Signal) => {
    if (!hasEnded) child.kill(signal);
    await child.status;
  };
  const server = {
    port,
    kill: () => end("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      if (folder !== undefined) await Deno.remove(folder, { recursive: true });
    },
  };
  try {
    await eventually(`${program} accepts`, isReady, { deadlineMs: 60_000 });
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

async function run([program, ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, {
    args,
    cwd: "/tmp",
    stdin: "null",
    stdout: "null",
  }).output();
  if (success) return;
  throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
