/**
 * `deno task start [--conf DIR] [--data DIR]`: runs dns, reporter and agent on
 * this machine until Ctrl-C. Each is a process of its own; one that dies is
 * started again.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { SystemClock } from "../net/mod.ts";
import { parseAddress } from "../proto/mod.ts";
import { openRouteStore, type RouteRow } from "../store/mod.ts";
import { ServiceProcess } from "./local/service_process.ts";
import {
  serviceArguments,
  type ServiceName,
  SERVICES,
  storeOf,
} from "./local/services.ts";

/** What an empty store begins with: the usual sample of the original. */
const SAMPLE_ROUTES: readonly RouteRow[] = [
  { modId: 1, cmdId: 1, ...parseAddress("192.168.1.177:7777") },
  { modId: 1, cmdId: 2, ...parseAddress("192.168.1.178:7776") },
  { modId: 2, cmdId: 1, ...parseAddress("192.168.1.179:7778") },
  { modId: 2, cmdId: 2, ...parseAddress("192.168.1.180:7779") },
];

const USAGE = `usage: deno task start [--conf DIR] [--data DIR]
  --conf DIR  folder with dns.conf, reporter.conf and agent.conf, default conf
  --data DIR  folder for the embedded store and the agent's routes, default data`;

if (import.meta.main) {
  const folders = parseFolders();
  try {
    await Deno.mkdir(folders.data, { recursive: true });
    await seedStore(folders);
    await start(folders);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

interface Folders {
  conf: string;
  data: string;
}

function parseFolders(): Folders {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        conf: { type: "string", default: "conf" },
        data: { type: "string", default: "data" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values;
    console.log(USAGE);
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(USAGE);
    Deno.exit(64);
  }
}

/** Gives an embedded store that has no routes the sample ones. */
async function seedStore({ conf, data }: Folders): Promise<void> {
  if ((await storeOf(conf)).kind !== "sqlite") return;
  await using store = await openRouteStore({ kind: "sqlite" }, {
    dataDir: data,
    clock: new SystemClock(),
  });
  for await (const _ of store.scan()) return;
  await store.edit({ add: SAMPLE_ROUTES });
  console.log("loaded four sample routes into the empty store");
}

async function start(folders: Folders): Promise<void> {
  const stop = Promise.withResolvers<void>();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(name, () => stop.resolve());
  }
  const services: ServiceProcess[] = [];
  const addresses = new Map<ServiceName, string>();
  try {
    for (const name of SERVICES) {
      const service = new ServiceProcess({
        name,
        arguments: await serviceArguments(name, folders),
        print: (line) => console.log(`${name.padEnd(8)} | ${line}`),
      });
      services.push(service);
      const at = await Promise.race([service.ready(), stop.promise]);
      if (at === undefined) return;
      addresses.set(name, at);
    }
    console.log(welcome(addresses, await describeStore(folders)));
    await stop.promise;
  } finally {
    // The agent first: it has statuses to send.
    for (const service of services.reverse()) await service.stop();
    console.log("stopped");
  }
}

/** Where the store is, and the option that names it to the `lars` command. */
async function describeStore(
  { conf, data }: Folders,
): Promise<{ where: string; option: string }> {
  const store = await storeOf(conf);
  if (store.kind === "sqlite") {
    const option = data === "data" ? "" : ` --data ${data}`;
    return { where: `${data}/lars.db`, option };
  }
  const { database, hosts } = store.mysql;
  const servers = hosts.map(({ hostname, port }) => `${hostname}:${port}`);
  return {
    where: `${database} at ${servers.join(", ")} (MySQL protocol)`,
    option: ` --conf ${conf}/dns.conf`,
  };
}

function welcome(
  addresses: ReadonlyMap<ServiceName, string>,
  store: { where: string; option: string },
): string {
  const agent = addresses.get("agent") ?? "";
  const agentOption = agent === "127.0.0.1:8888" ? "" : ` --agent ${agent}`;
  return `
Lars is running.

  dns       ${addresses.get("dns")} (TCP)
  reporter  ${addresses.get("reporter")} (TCP)
  agent     ${agent} and the next two ports (UDP)
  store     ${store.where}

Try in another shell (without an installed Deno write npx --yes deno@${Deno.version.deno} for deno):

  deno task lars get-host 1 1${agentOption}
  deno task lars drill 1 1${agentOption}
  deno task lars route add 1 1 192.168.1.181:7777${store.option}
  deno task lars route list${store.option}

Ctrl-C stops everything.
`;
}
