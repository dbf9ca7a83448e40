/** Whoever asks, once it is known who. */
export interface Actor {
  kind: "user" | "token";
  /** Name of the user, or of the token. */
  name: string;
  /** For the audit: "user alice", "token 3 ci". */
  label: string;
  scopes: readonly string[];
  /** Hash of the session's secret; undefined: not by a cookie. */
  session: string | undefined;
}

/** What an operation needs of the one who asks. */
export type Need =
  /** Nothing: anybody may. */
  | "open"
  /** To be known, whatever the scopes. */
  | "known"
  | "read"
  | "drain"
  | "write"
  | "admin";

/** Routes that are to be changed: "*" is all modules, or all commands of one, also those to come. */
export interface RouteScope {
  modId: number | "*";
  cmdId: number | "*";
}

/** Whether these scopes allow it; with a key, of those routes. "write" of any route allows to ask for some. */
export function allows(
  scopes: readonly string[],
  need: Need,
  key?: RouteScope,
): boolean {
  if (need === "open" || need === "known") return true;
  if (scopes.includes("admin")) return true;
  if (need === "admin") return false;
  if (scopes.includes("write")) return true;
  if (need === "read") return scopes.length > 0;
  if (need === "drain" && scopes.includes("drain")) return true;
  return scopes.some((scope) => writes(scope, key));
}

/** Whether a scope "write:MOD/CMD" allows to change these routes, or some route. */
function writes(scope: string, key: RouteScope | undefined): boolean {
  const [, modId, cmdId] = /^write:(\d+|\*)\/(\d+|\*)$/.exec(scope) ?? [];
  if (modId === undefined || cmdId === undefined) return false;
  if (key === undefined) return true;
  return (modId === "*" || Number(modId) === key.modId) &&
    (cmdId === "*" || Number(cmdId) === key.cmdId);
}
