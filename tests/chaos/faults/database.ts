import type { ChaosStore, MariadbStore } from "../system/store.ts";
import { type Fault, type FaultKind, nothing } from "./fault.ts";

const DISTURBS = ["feed", "store"] as const;

/** Tables of any store that are gone for a while. */
export function tableFaults(store: ChaosStore): FaultKind[] {
  return [{
    name: "renamed table",
    faults: ["RouteData", "RouteHostConfig", "ServerCallStatus"].map((table) =>
      renameTable(store, table)
    ),
  }];
}

function renameTable(store: ChaosStore, table: string): Fault {
  const rename = async (from: string, to: string) => {
    await store.sql(`ALTER TABLE ${from} RENAME TO ${to}`);
  };
  return {
    name: `${table} renamed`,
    takes: ["store"],
    disturbs: table === "ServerCallStatus" ? ["store"] : DISTURBS,
    begin: () => rename(table, "Hidden"),
    end: () => rename("Hidden", table),
  };
}

/** What happens to a database server. */
export function serverFaults(store: MariadbStore): FaultKind[] {
  return [
    { name: "database stands still", faults: [freeze(store)] },
    { name: "database restarted", faults: [stop(store), kill(store)] },
    { name: "database read-only", faults: [readOnly(store)] },
    { name: "connections killed", faults: [killConnections(store)] },
    { name: "dropped table", faults: [dropStatuses(store)] },
  ];
}

function freeze(store: MariadbStore): Fault {
  return {
    name: "SIGSTOP of the database",
    takes: ["store"],
    disturbs: DISTURBS,
    begin: () => Promise.resolve(Deno.kill(store.pid, "SIGSTOP")),
    end: () => Promise.resolve(Deno.kill(store.pid, "SIGCONT")),
  };
}

function stop({ server }: MariadbStore): Fault {
  return {
    name: "database stopped",
    takes: ["store"],
    disturbs: DISTURBS,
    begin: () => server.stop(),
    end: () => server.restart(),
  };
}

function kill({ server }: MariadbStore): Fault {
  return {
    name: "SIGKILL of the database",
    takes: ["store"],
    disturbs: DISTURBS,
    begin: () => server.kill(),
    end: () => server.restart(),
  };
}

function readOnly(store: MariadbStore): Fault {
  const set = async (value: 0 | 1) => {
    await store.sql(`SET GLOBAL read_only = ${value}`);
  };
  return {
    name: "database read-only",
    takes: ["store"],
    disturbs: DISTURBS,
    begin: () => set(1),
    end: () => set(0),
  };
}

function killConnections(store: MariadbStore): Fault {
  return {
    name: "every connection of the database killed",
    takes: ["store"],
    disturbs: DISTURBS,
    async begin() {
      for (const { Id, User } of await store.sql("SHOW PROCESSLIST")) {
        // One that has ended since is none.
        if (User === "lars") await store.sql(`KILL ${Id}`).catch(() => {});
      }
    },
    end: nothing,
  };
}

/** Statuses are counted anew: what was dropped comes again. */
function dropStatuses(store: MariadbStore): Fault {
  let statement = "";
  return {
    name: "ServerCallStatus dropped",
    takes: ["store"],
    disturbs: ["store"],
    async begin() {
      const [row] = await store.sql("SHOW CREATE TABLE ServerCallStatus");
      statement = String(row?.["Create Table"]);
      await store.sql("DROP TABLE ServerCallStatus");
    },
    async end() {
      await store.sql(statement);
    },
  };
}
