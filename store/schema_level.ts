import { StoreError } from "./types.ts";

/**
 * Level of the tables that this Lars makes: 1 has the tables of the original, 2
 * added RouteHostConfig and RouteConfig, 3 LarsSchema and StoreIdentity, 5
 * HostDrain, 6 history, 7 who may do what and who did what, 8 leases of agents and
 * the instances that they register.
 */
export const SCHEMA_LEVEL = 8;

/**
 * Least level that a program must know to work on the tables that this Lars
 * makes. It stays when tables or columns are added, and is raised, with
 * {@linkcode SCHEMA_LEVEL}, only when programs that do not know of a change would
 * do harm.
 */
export const SCHEMA_FLOOR = 2;

/**
 * Checks that this Lars may work on tables with this floor.
 *
 * @throws {StoreError} If they are of a newer Lars that refuses this one.
 */
export function checkFloor(floor: number, store: string): void {
  if (floor <= SCHEMA_LEVEL) return;
  throw new StoreError(
    `Cannot open store ${store} as its schema version must be <= ${SCHEMA_LEVEL}, a newer Lars wrote it: current version is ${floor}; use that Lars, or another store`,
    { retry: false },
  );
}
