/**
 * `deno task start [--conf DIR] [--data DIR]`: runs dns, reporter, agent
 * and web on this machine until Ctrl-C. Each is a process of its own; one that dies is
 * started again, and all end when this process ends, however that is. SIGHUP
 * has them read their configuration again, unless the terminal has gone.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { parseArgs } from "node:util";
import {
  ConfigError,
  describeStore,
  locate,
  type Named,
  webConf,
} from "../conf/mod.ts";
import {
  LineWriter,
  onSignals,
  outputFailure,
  print,
  printError,
  SystemClock,
  VERSION,
} from "../net/mod.ts";
import { formatEndpoint, parseAddress } from "../proto/mod.ts";
import { createStore, openRouteStore, type RouteRow } from "../store/mod.ts";
import { launcherEnded } from "./local/launchers.ts";
import { ServiceProcess, StartError } from "./local/service_process.ts";
import {
  ALL_SERVICES,
  serviceArguments,
  type ServiceName,
  SERVICES,
  storeOf,
  type TakenAddress,
  takenAddresses,
} from "./local/services.ts";

/** What a store begins with: the usual sample of the original. */
const SAMPLE_ROUTES: readonly RouteRow[] = [
  { modId: 1, cmdId: 1, ...parseAddress("192.168.1.177:7777") },
  { modId: 1, cmdId: 2, ...parseAddress("192.168.1.178:7776") },
  { modId: 2, cmdId: 1, ...parseAddress("192.168.1.179:7778") },
  { modId: 2, cmdId: 2, ...parseAddress("192.168.1.180:7779") },
];

/** Time that services of another `deno task start` have to end, which is what they take at most. */
const PORTS_MS_MAX = 6_000;

/** Pause between two looks at their ports. */
const PORTS_LOOK_MS = 100;

/** Time that the last lines may take, where standard output is not read. */
const LAST_LINES_MS_MAX = 500;

const USAGE = `usage: deno task start [--conf DIR] [--data DIR]
  --conf DIR  folder with dns.conf, reporter.conf, agent.conf and, unless
              there is to be none, web.conf; default: $LARS_CONF,
              or conf in the folder of Lars
  --data DIR  folder for the embedded store and the agent's routes; default: data
              in the folder of Lars`;

if (import.meta.main) {
  const named = parseOptions();
  const stop = Promise.withResolvers<void>();
  const lines = openOutput(stop.resolve);
  try {
    const folders = await locateFolders(named);
    await Deno.mkdir(folders.data, { recursive: true });
    await seedStore(folders, lines);
    await start(folders, { lines, stop });
    Deno.exit(0);
  } catch (error) {
    printError(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

/** Where the services find their files and keep their data; absolute. */
interface Folders {
  conf: string;
  data: string;
}

function parseOptions(): Named {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        conf: { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values;
    print(USAGE);
    Deno.exit(0);
  } catch (error) {
    printError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    Deno.exit(64);
  }
}

/** @throws {ConfigError} If there is no such folder, or a file is named that none of the services reads. */
async function locateFolders(named: Named): Promise<Folders> {
  const { conf, data } = await locate("dns", named);
  if (ALL_SERVICES.some((name) => basename(conf) === `${name}.conf`)) {
    return { conf: dirname(conf), data };
  }
  throw new ConfigError(
    `Cannot start with "${conf}" as --conf must name a folder with dns.conf, reporter.conf and agent.conf: current value is "${named.conf}"`,
  );
}

/** What OpenTelemetry, where it is on, is told of a service. */
function telemetryOf(name: ServiceName): Record<string, string> {
  const own = Deno.env.get("OTEL_SERVICE_NAME");
  const attributes = Deno.env.get("OTEL_RESOURCE_ATTRIBUTES");
  return {
    OTEL_SERVICE_NAME: own ?? `lars-${name}`,
    OTEL_RESOURCE_ATTRIBUTES: [
      `service.version=${VERSION}`,
      `service.instance.id=${Deno.hostname()}`,
      ...attributes === undefined ? [] : [attributes],
    ].join(","),
  };
}

/** Makes the embedded store where there is none, with the sample routes. */
async function seedStore(
  { conf, data }: Folders,
  lines: LineWriter,
): Promise<void> {
  const location = await storeOf(conf);
  if (location.kind !== "sqlite") return;
  const place = { dataDir: data, clock: new SystemClock() };
  if (!(await createStore(location, place))) return;
  await using store = await openRouteStore(location, place);
  await store.edit({ add: SAMPLE_ROUTES }, {
    by: { actor: "deno task start", action: "load samples" },
  });
  lines.write("made a store, and loaded four sample routes into it");
}

async function start(
  folders: Folders,
  { lines, stop }: { lines: LineWriter; stop: PromiseWithResolvers<void> },
): Promise<void> {
  const services = new Map<ServiceName, ServiceProcess>();
  onSignals(() => stop.resolve(), () => {
    for (const service of services.values()) service.reload();
  });
  launcherEnded().then(stop.resolve);
  const addresses = new Map<ServiceName, string>();
  const names = await servicesIn(folders.conf);
  try {
    await waitForPorts(names, { conf: folders.conf, lines });
    for (const name of names) {
      const service = new ServiceProcess({
        name,
        arguments: await serviceArguments(name, folders),
        env: telemetryOf(name),
        print: (line) => lines.write(`${name.padEnd(8)} | ${line}`),
      });
      services.set(name, service);
      const at = await Promise.race([
        readyOrExplained(service, { name, conf: folders.conf }),
        stop.promise,
      ]);
      if (at === undefined) return;
      addresses.set(name, at);
    }
    lines.write(welcome(addresses, await describeLocation(folders)));
    const web = addresses.get("web");
    if (web !== undefined) lines.write(await whereToBegin(web, folders));
    await stop.promise;
  } finally {
    // The agent first: it has statuses to send.
    await services.get("agent")?.stop();
    await Promise.all([...services.values()].map((each) => each.stop()));
    lines.write("stopped");
    await Promise.race([
      lines.flushed(),
      new SystemClock().sleep(LAST_LINES_MS_MAX),
    ]);
  }
}

/**
 * Lines of the services on standard output. When nobody reads them any more, as
 * behind `| head`, everything stops; a disk that is full costs lines only, which
 * is said once.
 */
function openOutput(stop: () => void): LineWriter {
  let isTold = false;
  return new LineWriter({
    sink: Deno.stdout,
    onFailure: (error) => {
      if (error instanceof Deno.errors.BrokenPipe) return stop();
      if (!isTold) printError(`warning: ${outputFailure(error)}`);
      isTold = true;
    },
  });
}

/**
 * Waits a while for ports that services of another `deno task start` have: one
 * that was killed may be started again at once, when its services still end.
 */
async function waitForPorts(
  names: readonly ServiceName[],
  { conf, lines }: { conf: string; lines: LineWriter },
): Promise<void> {
  const clock = new SystemClock();
  const untilMs = clock.nowMs() + PORTS_MS_MAX;
  let isTold = false;
  while (clock.nowMs() < untilMs) {
    const taken: TakenAddress[] = [];
    for (const name of names) {
      taken.push(...await takenAddresses(name, conf));
    }
    const leaving = taken.find(({ holder }) =>
      holder.command.includes("--until-stdin-ends")
    );
    if (leaving === undefined) return;
    if (!isTold) {
      const where = formatEndpoint(leaving.at);
      lines.write(`waiting for ${where}: ${leaving.holder.text} has it`);
    }
    isTold = true;
    await clock.sleep(PORTS_LOOK_MS);
  }
}

/** The services to start: web where it has a file, as folders of an earlier Lars have none. */
async function servicesIn(conf: string): Promise<readonly ServiceName[]> {
  const hasWeb = await Deno.stat(`${conf}/web.conf`).then(
    () => true,
    () => false,
  );
  return hasWeb ? ALL_SERVICES : SERVICES;
}

/** Where a service accepts. @throws {StartError} If it does not come up; names who has its ports. */
async function readyOrExplained(
  service: ServiceProcess,
  { name, conf }: { name: ServiceName; conf: string },
): Promise<string> {
  try {
    return await service.ready();
  } catch (error) {
    const taken = await takenAddresses(name, conf);
    if (!(error instanceof StartError) || taken.length === 0) throw error;
    const reasons = taken.map(({ at, holder }) =>
      `${formatEndpoint(at)} is taken by ${holder.text}`
    );
    throw new StartError([error.message, ...reasons].join("; "));
  }
}

/** Where the store is, and the option that names it to the `lars` command. */
async function describeLocation(
  { conf, data }: Folders,
): Promise<{ where: string; option: string }> {
  const store = await storeOf(conf);
  // Of a variable that names nothing there is none.
  const usual = await locate("dns").catch(() => undefined);
  const option = store.kind === "mysql"
    ? usual !== undefined && conf === dirname(usual.conf)
      ? ""
      : ` --conf ${conf}`
    : data === usual?.data
    ? ""
    : ` --data ${data}`;
  return { where: describeStore(store, data), option };
}

/** The address to open; while there is no user, the link that makes the first. */
async function whereToBegin(
  web: string,
  { conf, data }: Folders,
): Promise<string> {
  const { config } = await webConf.load(`${conf}/web.conf`);
  const usual = `Open http://${web}${config.basePath}/`;
  const file = `${data}/web-first-link`;
  try {
    const link = (await Deno.readTextFile(file)).trim();
    // What is redirected may be read by others than the file.
    return Deno.stdout.isTerminal()
      ? `Open ${link}`
      : `${usual}first with the link in ${file}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return usual;
    throw error;
  }
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
${addresses.has("web") ? `  web       http://${addresses.get("web")}/\n` : ""}
Try in another shell (without an installed Deno write npx --yes deno@${Deno.version.deno} for deno):

  deno task lars get-host 1 1${agentOption}
  deno task lars drill 1 1${agentOption}
  deno task lars route add 1 1 192.168.1.181:7777${store.option}
  deno task lars route list${store.option}

Ctrl-C stops everything.
`;
}
