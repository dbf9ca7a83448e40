import type { StoreFixture } from "./store_fixture.ts";

/** Hosts of each route of {@linkcode insertRoutes}. */
export const HOSTS_PER_ROUTE = 5;

/** Routes of each module of {@linkcode insertRoutes}. */
export const ROUTES_PER_MODULE = 100;

const ROWS_PER_INSERT = 10_000;

/** Inserts `rows` rows into the empty table of routes. */
export async function insertRoutes(
  fixture: StoreFixture,
  rows: number,
): Promise<void> {
  for (let first = 0; first < rows; first += ROWS_PER_INSERT) {
    const values = Array.from(
      { length: Math.min(ROWS_PER_INSERT, rows - first) },
      (_, index) => {
        const route = Math.floor((first + index) / HOSTS_PER_ROUTE);
        const host = (first + index) % HOSTS_PER_ROUTE;
        const ip = 0x0a000000 + (route % 65_536) * 8 + host;
        const { modid, cmdid } = keyOf(route);
        return `(${modid},${cmdid},${ip},7777)`;
      },
    );
    await fixture.run(
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES ${
        values.join(",")
      }`,
    );
  }
}

/** The key of the route with this number. */
export function keyOf(route: number): { modid: number; cmdid: number } {
  return {
    modid: Math.floor(route / ROUTES_PER_MODULE),
    cmdid: route % ROUTES_PER_MODULE,
  };
}
