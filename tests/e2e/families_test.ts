/**
 * Services, agents and commands that reach each other over IPv6, and by names
 * whose addresses are of both families or change.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { formatEndpoint } from "../../proto/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import {
  type CallServiceName,
  ROOT,
  serviceArguments,
  SERVICES,
} from "../../tasks/local/services.ts";
import {
  runDeno,
  RunningDeno,
  statusRows,
  toAgent,
} from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const isLinux = Deno.build.os === "linux";
const isRoot = isLinux && Deno.uid() === 0;

/** Where each service listens, and how the others name it. */
interface Hosts {
  /** What the services listen at. */
  listen: string;
  /** What their peers connect to. */
  connect: string;
  /** Contents of /etc/hosts, for all processes. */
  etcHosts?: string;
  /** `[udp] transport` of the agent. */
  transport?: "batch" | "datagram";
}

/** Services on free ports that see each other under some names. */
class Fleet implements AsyncDisposable {
  readonly folder: string;
  readonly agentPort: number = freeUdpPorts(3);
  readonly #hosts: Hosts;
  readonly #running: RunningDeno[] = [];
  readonly #ports = { dns: freeTcpPort(), reporter: freeTcpPort() };

  private constructor(folder: string, hosts: Hosts) {
    this.folder = folder;
    this.#hosts = hosts;
  }

  static async start(hosts: Hosts): Promise<Fleet> {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const fleet = new Fleet(folder, hosts);
    if (hosts.etcHosts !== undefined) await fleet.writeHosts(hosts.etcHosts);
    await fleet.lars("store", "create", "--data", folder);
    const added = await fleet.lars(
      ...["route", "add", "1", "1", "10.1.1.1:80", "--data", folder],
    );
    assertEquals(added.code, 0, added.stderr);
    for (const name of SERVICES) await fleet.startService(name);
    return fleet;
  }

  /** Changes what names mean, as DNS would. */
  async writeHosts(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/hosts`, text);
  }

  /** Starts a service; another dns may listen elsewhere. */
  async startService(
    name: CallServiceName,
    listen = this.#hosts.listen,
  ): Promise<void> {
    const { connect, transport = "batch" } = this.#hosts;
    const { dns, reporter } = this.#ports;
    const text = name === "agent"
      ? `[agent]\nip = ${listen}\nport = ${this.agentPort}\n` +
        `[udp]\ntransport = ${transport}\n` +
        `[dnsserver]\nip = ${connect}\nport = ${dns}\n` +
        `[reporter]\naddresses = ${
          formatEndpoint({ hostname: connect, port: reporter })
        }\n`
      : `[reactor]\nip = ${listen}\nport = ${this.#ports[name]}\n`;
    await Deno.writeTextFile(`${this.folder}/${name}.conf`, text);
    const folders = { conf: this.folder, data: this.folder };
    const service = new RunningDeno(
      await serviceArguments(name, folders),
      this.#options,
    );
    this.#running.push(service);
    await service.printed(/ ready at=/);
  }

  /** The service of this name that was started first. */
  service(name: CallServiceName): RunningDeno {
    return this.#running[SERVICES.indexOf(name)]!;
  }

  /** Ends the service of this name that was started first. */
  async stopService(name: CallServiceName): Promise<void> {
    this.service(name).kill("SIGTERM");
    await this.service(name).ended();
  }

  /** Runs the `lars` command to its end. */
  lars(...args: string[]) {
    return runDeno(
      ["run", "-A", `${ROOT}api/cli/main.ts`, ...args],
      this.#options,
    );
  }

  /** Asks the agent until it has the route. */
  async getHost(): Promise<string> {
    const { connect } = this.#hosts;
    const agent = formatEndpoint({ hostname: connect, port: this.agentPort });
    return await eventually("a host", async () => {
      const args = ["get-host", "1", "1", "--agent", agent];
      const { stdout } = await this.lars(...args);
      return stdout !== "" && stdout;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#running.toReversed()) {
      service.kill("SIGTERM");
      await service.ended();
    }
    await Deno.remove(this.folder, { recursive: true });
  }

  get #options() {
    if (this.#hosts.etcHosts === undefined) return {};
    const script = `mount --bind ${this.folder}/hosts /etc/hosts && exec "$@"`;
    return { wrapper: ["unshare", "-m", "sh", "-c", script, "sh"] };
  }
}

/** A call that is reported reaches the reporter's table. */
async function assertReported(fleet: Fleet, agent: string): Promise<void> {
  const host = ["1", "1", "10.1.1.1:80", "0", ...toAgent(agent)];
  const { code, stderr } = await fleet.lars("report", ...host);
  assertEquals(code, 0, stderr);
  await eventually(
    "a row of the reporter",
    () => statusRows(fleet.folder).length > 0,
  );
}

for (const transport of ["batch", "datagram"] as const) {
  Deno.test({
    name: `everything works over IPv6, with transport = ${transport}`,
    ignore: !isLinux,
    async fn() {
      await using fleet = await Fleet.start({
        listen: "::1",
        connect: "::1",
        transport,
      });
      assertEquals(await fleet.getHost(), "10.1.1.1:80\n");
      await assertReported(fleet, `[::1]:${fleet.agentPort}`);
    },
  });
}

Deno.test({
  name: "services on :: serve both families",
  ignore: !isLinux,
  async fn() {
    await using fleet = await Fleet.start({
      listen: "::",
      connect: "127.0.0.1",
    });
    assertEquals(await fleet.getHost(), "10.1.1.1:80\n");
    const agent = `[::1]:${fleet.agentPort}`;
    const { stdout } = await fleet.lars(
      "get-host",
      "1",
      "1",
      ...toAgent(agent),
    );
    assertEquals(stdout, "10.1.1.1:80\n");
    await assertReported(fleet, agent);
  },
});

/** ::1 stands first, as on many systems. */
const BOTH = "::1 localhost lars.test\n127.0.0.1 localhost lars.test\n";

for (
  const hosts of [
    { listen: "localhost", connect: "localhost" },
    { listen: "127.0.0.1", connect: "localhost" },
    { listen: "::1", connect: "localhost" },
    { listen: "lars.test", connect: "lars.test" },
  ]
) {
  Deno.test({
    name:
      `peers find ${hosts.listen} as ${hosts.connect} where that has addresses of both families`,
    ignore: !isRoot,
    async fn() {
      await using fleet = await Fleet.start({ ...hosts, etcHosts: BOTH });
      assertEquals(await fleet.getHost(), "10.1.1.1:80\n");
      await assertReported(fleet, `${hosts.connect}:${fleet.agentPort}`);
    },
  });
}

Deno.test({
  name: "an agent finds its dns under the same name at another address",
  ignore: !isRoot,
  async fn() {
    await using fleet = await Fleet.start({
      listen: "127.0.0.1",
      connect: "lars.test",
      etcHosts: "127.0.0.1 lars.test\n",
    });
    assertEquals(await fleet.getHost(), "10.1.1.1:80\n");
    await fleet.startService("dns", "127.0.0.3");
    await fleet.writeHosts("127.0.0.3 lars.test\n");
    await fleet.stopService("dns");
    const agent = fleet.service("agent");
    await agent.printed(/connected server=127\.0\.0\.3:/);
  },
});

Deno.test({
  name: "a name that has no address is refused in one line",
  ignore: !isLinux,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    await Deno.writeTextFile(
      `${folder}/agent.conf`,
      "[agent]\nip = nowhere.invalid\n",
    );
    const { code, stderr } = await runDeno([
      ...["run", "-A", "agent/main.ts"],
      ...[`--conf=${folder}/agent.conf`, `--data=${folder}`],
    ]);
    assertEquals(code, 1);
    assertEquals(stderr.trim().split("\n").length, 1, stderr);
    assert(stderr.includes("nowhere.invalid:8888 (the name has no address"));
    await Deno.remove(folder, { recursive: true });
  },
});
