import type { RouteRow } from "../../../store/mod.ts";
import { AGENT_SERVERS } from "../../../proto/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../../tasks/local/free_ports.ts";
import {
  serviceArguments,
  type ServiceName,
} from "../../../tasks/local/services.ts";
import { makeStore } from "../../support/processes.ts";
import { nowMs } from "../../support/wait.ts";
import type { Oracle } from "../oracle/oracle.ts";
import { EditGate } from "../work/edit_gate.ts";
import { Backends } from "./backends.ts";
import { Link } from "./link.ts";
import { Member } from "./member.ts";
import { type ChaosRoute, makeRoutes, rowsOf } from "./routes.ts";
import { type ChaosStore, MariadbStore, SqliteStore } from "./store.ts";
import { mountVolume, type Volume, whyNoVolumes } from "./volume.ts";

const AGENTS = 3;

/** Policies of the agents; undefined: the default. */
const POLICIES = ["adaptive", "lars", undefined];

/** By what name agents know this machine. */
const HOSTNAMES = ["127.0.0.1", "127.0.0.1", "localhost"];

/** Room on the file system of a data folder: several times what is in it. */
const VOLUME_SIZE = "24m";

/** A service of the run. */
export interface Service {
  service: ServiceName;
  member: Member;
  /** Its TCP port, or the first of its UDP ports. */
  port: number;
  folder: string;
}

/** dns twice, a reporter and agents as processes of this machine, on one store. */
export class System implements AsyncDisposable {
  readonly dns: Service[] = [];
  readonly reporter: Service;
  readonly agents: Service[] = [];
  /** Ways from agents to the dns and the reporter. */
  readonly links: Link[] = [];
  readonly volumes: Volume[] = [];
  readonly routes: readonly ChaosRoute[];
  readonly backends = new Backends();
  readonly store: ChaosStore;
  readonly folder: string;
  /** Folder of data that a dns starts on instead of that of the store. */
  readonly dataOf = new Map<Service, string>();
  /** Through which all edits go. */
  readonly edits = new EditGate();
  readonly #oracle: Oracle;
  readonly #cleanup = new AsyncDisposableStack();

  private constructor(
    { folder, store, oracle }: {
      folder: string;
      store: ChaosStore;
      oracle: Oracle;
    },
  ) {
    this.folder = folder;
    this.store = store;
    this.#oracle = oracle;
    this.routes = makeRoutes(this.backends.ports);
    this.dns.push(this.#service("dns", 0), this.#service("dns", 1));
    this.reporter = this.#service("reporter", 0);
    for (let index = 0; index < AGENTS; index++) {
      this.agents.push(this.#service("agent", index));
    }
  }

  /** Starts everything. @param say Takes what is left out, and why. */
  static async start(
    { mysql, oracle, say }: {
      mysql: boolean;
      oracle: Oracle;
      say: (line: string) => void;
    },
  ): Promise<System> {
    const folder = await Deno.makeTempDir({ prefix: "lars-chaos-" });
    const reason = await whyNoVolumes();
    if (reason !== undefined) {
      say(`skipped: full and read-only folders: ${reason}`);
    }
    const data = `${folder}/data`;
    await Deno.mkdir(data);
    const volumes: Volume[] = [];
    if (reason === undefined && !mysql) {
      volumes.push(
        await mountVolume("store", { folder: data, size: VOLUME_SIZE }),
      );
    }
    const store = mysql ? await MariadbStore.start() : new SqliteStore(data);
    const system = new System({ folder, store, oracle });
    system.volumes.push(...volumes);
    system.#defer();
    await system.#start(reason === undefined);
    return system;
  }

  /** Every service. */
  get services(): Service[] {
    return [...this.dns, this.reporter, ...this.agents];
  }

  /** Whether a fault strikes the store now. */
  get isStoreDisturbed(): boolean {
    const { disturbances } = this.#oracle;
    return disturbances.touch("store", { fromMs: nowMs(), toMs: Infinity });
  }

  /** Folder of the embedded store. */
  get data(): string {
    return `${this.folder}/data`;
  }

  /** Configuration from which a command learns of the store. */
  get conf(): string {
    return `${this.folder}/dns 0/dns.conf`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup.disposeAsync();
  }

  #defer(): void {
    const stack = this.#cleanup;
    stack.defer(() => Deno.remove(this.folder, { recursive: true }));
    stack.defer(async () => {
      for (const volume of this.volumes) await volume[Symbol.asyncDispose]();
    });
    stack.use(this.store);
    stack.use(this.backends);
    stack.defer(async () => {
      await Promise.all(this.links.map((link) => link[Symbol.asyncDispose]()));
    });
    stack.defer(async () => {
      await Promise.all(
        this.services.map(({ member }) => member.stop("SIGTERM")),
      );
    });
  }

  async #start(withVolumes: boolean): Promise<void> {
    await this.store.seed(this.routes.flatMap(rowsOf));
    for (const route of this.routes) {
      const { modId, cmdId, pool, first } = route;
      for (const address of pool) {
        const value = first.includes(address) ? "open" : "absent";
        this.#oracle.seed({ modId, cmdId, address, value });
      }
    }
    for (const service of this.services) await Deno.mkdir(service.folder);
    for (const { member: { name }, port } of [...this.dns, this.reporter]) {
      this.links.push(await Link.open({ name, port: freeTcpPort(), to: port }));
    }
    for (const service of this.services) await this.#configure(service);
    for (const { member: { name }, folder } of withVolumes ? this.agents : []) {
      await Deno.mkdir(`${folder}/data`);
      this.volumes.push(
        await mountVolume(name, {
          folder: `${folder}/data`,
          size: VOLUME_SIZE,
        }),
      );
    }
    await Promise.all(this.services.map(({ member }) => member.start()));
  }

  #service(service: ServiceName, index: number): Service {
    const name = service === "reporter" ? service : `${service} ${index}`;
    const folder = `${this.folder}/${name}`;
    const port = service === "agent"
      ? freeUdpPorts(AGENT_SERVERS)
      : freeTcpPort();
    const { disturbances } = this.#oracle;
    const member = new Member({
      name,
      arguments: () => {
        const data = service === "agent"
          ? `${folder}/data`
          : this.dataOf.get(made) ?? this.data;
        return serviceArguments(service, { conf: folder, data });
      },
      mayRefuse: (fromMs) =>
        service !== "agent" &&
        disturbances.touch("store", { fromMs, toMs: Infinity }),
      isStalled: (fromMs) => this.#oracle.isStalled({ fromMs, toMs: nowMs() }),
      onWrong: (text) => this.#oracle.fail("process", text),
    });
    const made: Service = { service, member, port, folder };
    return made;
  }

  async #configure({ service, folder, port, member }: Service): Promise<void> {
    let text = `[reactor]\nport = ${port}\n${this.store.conf}`;
    if (service === "dns") text += "[feed]\nfull_compare_interval_s = 5\n";
    if (service === "agent") {
      const index = this.agents.findIndex((each) => each.member === member);
      const [dns0, dns1, reporter] = this.links.map(({ port }) =>
        `${HOSTNAMES[index]}:${port}`
      );
      const policy = POLICIES[index];
      text = `[agent]
port = ${port}
[dnsserver]
addresses = ${dns0}, ${dns1}
[reporter]
addresses = ${reporter}
${policy === undefined ? "" : `[loadbalance]\npolicy = ${policy}\n`}`;
    }
    await Deno.writeTextFile(`${folder}/${service}.conf`, text);
  }
}

/** Makes an embedded store of its own in a folder. */
export async function makeOtherStore(
  folder: string,
  rows: readonly RouteRow[] = [],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await makeStore(folder, rows);
}
