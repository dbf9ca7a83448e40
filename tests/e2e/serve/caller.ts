/**
 * The callers of one machine: when its agent has as many hosts of route (1, 1) as
 * they are told, they call them without end. Prints a {@linkcode Seen} as a line
 * of JSON whenever it is another.
 *
 * @module
 */
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress } from "../../../proto/mod.ts";
import { sleep } from "../../support/wait.ts";
import { Callers } from "./callers.ts";

/** What the callers of a machine see. */
export interface Seen {
  /** Hosts of the route, as the agent has them. */
  hosts: string[];
  /** Calls that succeeded, by address. */
  succeeded: Record<string, number>;
  /** Number of calls that failed, by caller. */
  failed: number[];
  /** Connections that went wrong. */
  broken: number;
  /** What went wrong last; empty: nothing. */
  failure: string;
}

/** Pause between two looks, in milliseconds. */
const LOOK_MS = 50;

if (import.meta.main) {
  const [each = 1, hostsMin = 1] = Deno.args.map(Number);
  const client = LarsClient.open();
  const agent = { hostname: "127.0.0.1", port: 8888 };
  let callers: Callers | undefined;
  for (let last = "";; await sleep(LOOK_MS)) {
    const route = await client.getRoute(1, 1);
    const hosts = route.state === "found"
      ? route.hosts.map(formatAddress).sort()
      : [];
    if (hosts.length >= hostsMin) callers ??= new Callers([agent], { each });
    const { succeeded = new Map(), failed = [], broken = [] } = callers ?? {};
    const seen: Seen = {
      hosts,
      succeeded: Object.fromEntries(succeeded),
      failed: failed.map(({ length }) => length),
      broken: broken.length,
      failure: failed.flat().at(-1) ?? broken.at(-1) ?? "",
    };
    const line = JSON.stringify(seen);
    if (line !== last) console.log(line);
    last = line;
  }
}
