import { fileURLToPath } from "node:url";
import {
  agentConf,
  dnsConf,
  type PortHolder,
  portHolder,
  reporterConf,
  type ReporterConfig,
  type StoreConfig,
  webConf,
} from "../../conf/mod.ts";
import { LIBC_FILES } from "../../net/mod.ts";
import {
  AGENT_SERVERS,
  type Endpoint,
  formatEndpoint,
  isAddress,
  isLoopback,
} from "../../proto/mod.ts";

/** The services that calls need, in the order in which they start. */
export const SERVICES = ["dns", "reporter", "agent"] as const;

export type CallServiceName = typeof SERVICES[number];

/** Every service: people look at the others through the last. */
export const ALL_SERVICES = [...SERVICES, "web"] as const;

export type ServiceName = typeof ALL_SERVICES[number];

/**
 * V8 keeps room for young objects, 16 MB three times over in each thread if left
 * to itself, once many routes came or statuses flooded in: so much less for all.
 * A dns that compares its routes needs some, or its rows live until a long
 * collection: with half as much it takes 100 MB more, and of 1,000,000 rows an
 * answer waits 12 ms and not 5. The reporter holds little and throws much away:
 * each of its heaps may be garbage by a quarter, not by more than half. That of
 * web may by half: it reads all routes anew twice a minute. The agent keeps what
 * it has: its heaps may be garbage by a fifth, shrink a second after they grew and
 * not eight, and give large pages back: 14 to 19 MB of 100,000 routes.
 */
export const V8_FLAGS: Readonly<Record<ServiceName, readonly string[]>> = {
  dns: ["--v8-flags=--max-semi-space-size=8"],
  reporter: [
    "--v8-flags=--max-semi-space-size=2,--heap-growing-percent=25",
  ],
  agent: [
    "--v8-flags=" + [
      "--max-semi-space-size=1",
      "--heap-growing-percent=20",
      "--memory-reducer-delay-ms=1000",
      "--memory-pool-timeout=1",
      "--no-large-page-pool",
    ].join(","),
  ],
  web: ["--v8-flags=--max-semi-space-size=4,--heap-growing-percent=50"],
};

/** What a service asks the system of its machine: those that others know by its name ask for that; the agent, which addresses programs may register. */
export const SYS_OPTIONS: Readonly<Record<ServiceName, readonly string[]>> = {
  dns: [],
  reporter: ["--allow-sys=hostname"],
  agent: ["--allow-sys=hostname,networkInterfaces"],
  web: [],
};

/** The folder that holds all of Lars. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The arguments of `deno` that run a service with no more permissions than its
 * configuration asks for.
 *
 * @throws {ConfigError} If its configuration cannot be used.
 */
export async function serviceArguments(
  name: ServiceName,
  folders: { conf: string; data: string },
): Promise<string[]> {
  const conf = `${folders.conf}/${name}.conf`;
  const { peers, files, libraries = [] } = await needsOf(name, conf);
  return [
    "run",
    "--no-prompt",
    `--config=${ROOT}deno.json`,
    ...V8_FLAGS[name],
    peers === "anybody" ? "--allow-net" : `--allow-net=${peers.join(",")}`,
    // Its workers read the sources.
    `--allow-read=${[ROOT, conf, folders.data, ...files].join(",")}`,
    `--allow-write=${folders.data}`,
    ...SYS_OPTIONS[name],
    ...libraries.length > 0 ? [`--allow-ffi=${libraries.join(",")}`] : [],
    `${ROOT}${name}/main.ts`,
    `--conf=${conf}`,
    `--data=${folders.data}`,
  ];
}

/** Where a service keeps its routes, as its file in the folder `conf` says. */
export async function storeOf(
  conf: string,
): Promise<StoreConfig> {
  return (await dnsConf.load(`${conf}/dns.conf`)).config.store;
}

/** An address of a service, and the process that has it. */
export interface TakenAddress {
  at: Endpoint;
  holder: PortHolder;
}

/** The addresses of a service that another process has. */
export async function takenAddresses(
  name: ServiceName,
  conf: string,
): Promise<TakenAddress[]> {
  const taken: TakenAddress[] = [];
  for (const { protocol, at } of await listenersOf(name, conf)) {
    const holder = portHolder(protocol, at);
    if (holder !== undefined) taken.push({ at, holder });
  }
  return taken;
}

/** Files of the services that have a store. */
const STORE_FILES = { dns: dnsConf, reporter: reporterConf, web: webConf };

/** Every address that a service listens at, where its file names the port. */
async function listenersOf(
  name: ServiceName,
  folder: string,
): Promise<{ protocol: "tcp" | "udp"; at: Endpoint }[]> {
  const conf = `${folder}/${name}.conf`;
  const { config } = name === "agent"
    ? await agentConf.load(conf)
    : await STORE_FILES[name].load(conf);
  const { listen } = config;
  const own = name === "agent"
    ? Array.from(
      { length: AGENT_SERVERS },
      (_, index) => ({ ...listen, port: listen.port + index }),
    )
    : [listen];
  const protocol: "tcp" | "udp" = name === "agent" ? "udp" : "tcp";
  return [
    ...own.map((at) => ({ protocol, at })),
    ...pagesOf(config).map((at) => ({ protocol: "tcp" as const, at })),
  ];
}

/** What a service may do beyond its own folders. */
interface Needs {
  /** Whom it listens to and talks to, as `--allow-net` takes it. */
  peers: string[] | "anybody";
  /** Files that it reads. */
  files: string[];
  /** Libraries of the system that it calls. */
  libraries?: readonly string[];
}

async function needsOf(name: ServiceName, conf: string): Promise<Needs> {
  if (name === "agent") {
    const { config } = await agentConf.load(conf);
    const { listen, dnsServers, reporters, resolver, register } = config;
    const pages = pagesOf(config);
    const { udpTransport, healthChecks } = config;
    const libraries = udpTransport === "datagram" ? [] : LIBC_FILES;
    // It answers programs at whatever address and port they ask from, and
    // connects to resting hosts, which may be anywhere, and to programs that
    // register.
    const isLocal = [listen, ...optional(resolver)]
      .every(({ hostname }) => isLoopback(hostname));
    if (healthChecks || register.enabled || !isLocal || hasName(pages)) {
      return { peers: "anybody", files: [], libraries };
    }
    const links = [...dnsServers, ...reporters, ...pages];
    const peers = [{ ...listen, port: 0 }, ...links].map(hostPort);
    return { peers, files: [], libraries };
  }
  const { config } = await STORE_FILES[name].load(conf);
  const { listen, store } = config;
  const mysql = store.kind === "mysql" ? store.mysql : undefined;
  const files = optional(mysql?.tlsCaPath);
  const own = [listen, ...pagesOf(config)];
  if (hasName(own)) return { peers: "anybody", files };
  const peers = [...own, ...mysql?.hosts ?? []].map(hostPort);
  const receivers = "alarms" in config ? receiversOf(config.alarms) : [];
  return { peers: [...peers, ...receivers], files };
}

/** Whom a reporter tells of alarms. */
function receiversOf(
  { webhooks, alertmanagers, watchdogs }: ReporterConfig["alarms"],
): string[] {
  return [...webhooks, ...alertmanagers, ...watchdogs].map((url) => {
    const { protocol, hostname, port } = new URL(url);
    return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
  });
}

/** Where a service answers what is not Lars: HTTP, and DNS. */
function pagesOf(
  { metrics, discovery, resolver }: {
    metrics: Endpoint | undefined;
    discovery?: Endpoint | undefined;
    resolver?: Endpoint | undefined;
  },
): Endpoint[] {
  return [metrics, discovery, resolver].flatMap(optional);
}

function optional<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}

/** Whether one is a name: which address it has is known when it listens there. */
function hasName(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ hostname }) => !isAddress(hostname));
}

/** Port 0 stands for any. */
function hostPort(endpoint: Endpoint): string {
  const text = formatEndpoint(endpoint);
  return endpoint.port === 0 ? text.replace(/:0$/, "") : text;
}
