import { encodeHello, MessageId } from "../../proto/mod.ts";
import type { RouteRow } from "../../store/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { residentMb } from "../../tasks/local/process_usage.ts";
import { serviceArguments } from "../../tasks/local/services.ts";
import { ForeignConnection, frame } from "./foreign_wire.ts";
import { makeStore, metricsAt, RunningDeno } from "./processes.ts";

/** What {@linkcode EmbeddedService.start} needs. */
export interface EmbeddedServiceSetup {
  name: "dns" | "reporter";
  /** Rows of the store. */
  rows: readonly RouteRow[];
  /** More sections of its configuration, behind that of the port. */
  conf?: string;
}

/** A dns or reporter process of its own, over an embedded store in its folder. */
export class EmbeddedService implements AsyncDisposable {
  private constructor(
    readonly process: RunningDeno,
    /** Where it accepts, as "IP:PORT". */
    readonly at: string,
    readonly folder: string,
    readonly options: { name: string; metricsPort: number },
  ) {}

  /** Makes the store, starts the process, and waits until it serves. */
  static async start(
    { name, rows, conf = "" }: EmbeddedServiceSetup,
  ): Promise<EmbeddedService> {
    const folder = await Deno.makeTempDir({ prefix: `lars-${name}-` });
    const metricsPort = freeTcpPort();
    await Deno.writeTextFile(
      `${folder}/${name}.conf`,
      `[reactor]\nport = 0\n[metrics]\nport = ${metricsPort}\n${conf}`,
    );
    await makeStore(folder, rows);
    const process = new RunningDeno(
      await serviceArguments(name, { conf: folder, data: folder }),
    );
    const [, at = ""] = await process.printed(/ ready at=(\S+)/);
    return new EmbeddedService(process, at, folder, { name, metricsPort });
  }

  get port(): number {
    return Number(this.at.split(":")[1]);
  }

  /** Resident memory of the process. */
  get residentMb(): number {
    return residentMb(this.process.pid);
  }

  /** The value of a metric, by its name without the service's. */
  async metric(name: string): Promise<number> {
    const { name: service, metricsPort } = this.options;
    return (await metricsAt(metricsPort)).get(`${service}_${name}`) ?? NaN;
  }

  /** Connects as an agent; with an identity it says Hello, as ours do. */
  async connect(identity?: number): Promise<ForeignConnection> {
    const connection = await ForeignConnection.open(this.at);
    if (identity === undefined) return connection;
    const agentId = identity.toString(16).padStart(32, "0");
    const rest = { epoch: 1, name: "", version: "", zone: "" };
    await connection.send(
      frame(MessageId.hello, encodeHello({ agentId, ...rest })),
    );
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
