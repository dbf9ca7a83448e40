import type { Endpoint } from "../../proto/mod.ts";
import { ADMIN } from "../support/database.ts";
import { Session } from "../support/session.ts";
import { eventually } from "../support/wait.ts";
import type { GaleraPrograms } from "./install.ts";
import { GaleraNode } from "./node.ts";

const NODES = 3;

/** Time for a node to have all data and take statements. */
const SYNCED_MS_MAX = 120_000;

/** Three MariaDB servers on loopback that form one database. */
export class GaleraCluster implements AsyncDisposable {
  readonly #folder: string;
  readonly #nodes: GaleraNode[];

  private constructor(folder: string, programs: GaleraPrograms) {
    this.#folder = folder;
    this.#nodes = Array.from(
      { length: NODES },
      (_, index) => new GaleraNode(programs, { folder, name: `node${index}` }),
    );
  }

  /** Founds a cluster with three nodes in sync. @throws {Error} With a node's log, if one fails. */
  static async start(programs: GaleraPrograms): Promise<GaleraCluster> {
    const folder = await Deno.makeTempDir({ prefix: "lars-galera-" });
    // The servers run as another user.
    await Deno.chmod(folder, 0o777);
    const cluster = new GaleraCluster(folder, programs);
    try {
      await cluster.#nodes[0]?.install();
      for (let index = 0; index < NODES; index++) await cluster.restart(index);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Addresses at which the nodes take SQL, in order, also those that are down. */
  get hosts(): Endpoint[] {
    return this.#nodes.map(({ port }) => ({ hostname: "127.0.0.1", port }));
  }

  /** Stops a node with SIGSTOP, so that statements are under way when it is killed. */
  freeze(index: number): void {
    this.#node(index).freeze();
  }

  /** Kills a node with SIGKILL. */
  async kill(index: number): Promise<void> {
    await this.#node(index).kill();
  }

  /**
   * Starts a node that is down, and waits until it is in sync. If all are down,
   * it founds the cluster anew with what it has: choose the one killed last.
   */
  async restart(index: number): Promise<void> {
    const peers = this.#nodes
      .filter((node) => node.running)
      .map((node) => node.groupAddress);
    await this.#node(index).start({ peers });
    await this.waitSynced(index);
  }

  /** Waits until a node has all data and takes statements. @throws {Error} With its log, if it does not. */
  async waitSynced(index: number): Promise<void> {
    const node = this.#node(index);
    try {
      await eventually(`${node.name} in sync`, async () => {
        if (!node.running) throw new Error("its process has ended");
        return await this.#state(index) === "Synced";
      }, { deadlineMs: SYNCED_MS_MAX });
    } catch (error) {
      throw new Error(
        `Cannot get ${node.name} in sync, its log ends with:\n${await node
          .logTail()}`,
        { cause: error },
      );
    }
  }

  /** Kills every node and removes what they wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
    await Deno.remove(this.#folder, { recursive: true });
  }

  #node(index: number): GaleraNode {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`There is no node ${index}`);
    return node;
  }

  /** State of a node by its own account; undefined while it takes no statements. */
  async #state(index: number): Promise<string | undefined> {
    using session = new Session(this.hosts[index]!, ADMIN);
    try {
      const rows = await session.sql(
        `SHOW STATUS WHERE Variable_name IN
         ('wsrep_ready', 'wsrep_local_state_comment')`,
      );
      const status = new Map(
        rows.map((row) => [String(row.Variable_name), String(row.Value)]),
      );
      if (status.get("wsrep_ready") !== "ON") return undefined;
      return status.get("wsrep_local_state_comment");
    } catch {
      return undefined;
    }
  }
}
