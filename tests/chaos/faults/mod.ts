import { MariadbStore, SqliteStore } from "../system/store.ts";
import type { System } from "../system/system.ts";
import { callFaults } from "./calls.ts";
import { serverFaults, tableFaults } from "./database.ts";
import type { FaultKind } from "./fault.ts";
import { embeddedStoreFaults, fileFaults } from "./files.ts";
import { linkFaults } from "./links.ts";
import { portFaults } from "./ports.ts";
import { processFaults } from "./processes.ts";
import { strangerFaults } from "./strangers.ts";

/** Every kind of fault that this system can be struck by. */
export function faultKinds(system: System): FaultKind[] {
  const { store } = system;
  return [
    ...processFaults(system),
    ...portFaults(system),
    ...linkFaults(system),
    ...fileFaults(system),
    ...tableFaults(store),
    ...store instanceof SqliteStore ? embeddedStoreFaults(system, store) : [],
    ...store instanceof MariadbStore ? serverFaults(store) : [],
    ...strangerFaults(system),
    ...callFaults(system),
  ];
}
