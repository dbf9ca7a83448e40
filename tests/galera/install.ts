import { findFile, installPackages } from "../../store/testing/mod.ts";

const PROVIDERS = [
  "/usr/lib/galera/libgalera_smm.so",
  "/usr/lib/libgalera_smm.so",
  "/usr/lib64/galera-4/libgalera_smm.so",
];

/** Packages of Debian with what a Galera node needs. */
const PACKAGES = ["mariadb-server", "galera-4", "rsync", "lsof"];

/** Paths of Galera on this machine. */
export interface GaleraPrograms {
  server: string;
  installer: string;
  /** Shared library that makes a server a node. */
  provider: string;
  /** User of the servers, which refuse to run as root. */
  user: string | undefined;
}

/** Programs, or why there are none. */
export type GaleraFound =
  | { state: "found"; programs: GaleraPrograms }
  | { state: "missing"; reason: string };

/** Finds the programs of Galera, installed with LARS_INSTALL=1. */
export async function provideGalera(): Promise<GaleraFound> {
  const here = findPrograms();
  if (here.state === "found") return here;
  const reason = await installPackages(PACKAGES);
  return reason === undefined
    ? findPrograms()
    : { state: "missing", reason: `${here.reason}: ${reason}` };
}

function findPrograms(): GaleraFound {
  const server = findProgram("mariadbd");
  const installer = findProgram("mariadb-install-db");
  const provider = findFile(PROVIDERS);
  const missing = (what: string): GaleraFound => ({
    state: "missing",
    reason: `there is no ${what}`,
  });
  if (server === undefined || installer === undefined) {
    return missing("mariadbd");
  }
  if (provider === undefined) return missing("libgalera_smm.so");
  if (findProgram("rsync") === undefined) return missing("rsync");
  const user = Deno.uid() === 0 ? "mysql" : undefined;
  return { state: "found", programs: { server, installer, provider, user } };
}

function findProgram(name: string): string | undefined {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/usr/local/sbin`;
  return findFile(path.split(":").map((folder) => `${folder}/${name}`));
}
