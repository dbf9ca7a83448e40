import { ID_MAX, parseWhole, type RouteKey } from "../../../proto/mod.ts";

/** More routes than this are a mistake. */
const ROUTES_MAX = 10_000_000;

const PART = /^(\d+)(?:-(\d+))?\/(\d+)(?:-(\d+))?$/;

/**
 * The routes of a list such as "1/1,5-9/0-99": modid/cmdid, each a number or a
 * range, and every pair of them.
 *
 * @throws {SyntaxError} If it is no such list.
 */
export function parseRoutes(text: string): RouteKey[] {
  const routes: RouteKey[] = [];
  for (const part of text.split(",")) {
    const match = PART.exec(part);
    if (match === null) throw notRoutes(text);
    const [modFirst, modLast, cmdFirst, cmdLast] = [
      match[1],
      match[2] ?? match[1],
      match[3],
      match[4] ?? match[3],
    ].map((number) => parseWhole(number ?? "") ?? NaN) as [
      number,
      number,
      number,
      number,
    ];
    const count = (modLast - modFirst + 1) * (cmdLast - cmdFirst + 1);
    if (!(Math.max(modFirst, modLast, cmdFirst, cmdLast) <= ID_MAX)) {
      throw notRoutes(text);
    }
    if (modLast < modFirst || cmdLast < cmdFirst) throw notRoutes(text);
    if (routes.length + count > ROUTES_MAX) throw notRoutes(text);
    for (let modId = modFirst; modId <= modLast; modId++) {
      for (let cmdId = cmdFirst; cmdId <= cmdLast; cmdId++) {
        routes.push({ modId, cmdId });
      }
    }
  }
  return routes;
}

function notRoutes(text: string): SyntaxError {
  return new SyntaxError(
    `Cannot parse routes as they must be MODID/CMDID, numbers or ranges, at most ${ROUTES_MAX}: current value is "${text}"`,
  );
}
