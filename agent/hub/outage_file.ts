import {
  formatAddress,
  HostReason,
  isValidKey,
  parseAddress,
  type RouteKey,
} from "../../proto/mod.ts";
import type { HostOutage } from "../policies/balancer.ts";
import type { RouteOutages } from "../routes/route_hosts.ts";
import { replaceFile } from "./replace_file.ts";

/** Version of the file: raised when an older agent would misread it. */
const OUTAGES_VERSION = 1;

/** States of {@linkcode HostOutage}. */
const STATES: readonly unknown[] = ["overloaded", "suspect", "ejected"];

const REASONS: readonly unknown[] = Object.values(HostReason);

/** Keeps the hosts out of use from one run to the next. */
export interface OutageKeeper {
  /** What the last run saved, once: a run that ends without saving leaves nothing. */
  take(): Promise<RouteOutages[]>;
  /** Keeps these in place of those before. */
  save(routes: readonly RouteOutages[]): Promise<void>;
}

/** The file of the hosts that were out of use when an agent was stopped. */
export class OutageFile implements OutageKeeper {
  readonly #path: string;

  /** The file at `path`, which need not exist yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the file, and removes it.
   *
   * @throws {Error} If it cannot be read, or is damaged.
   */
  async take(): Promise<RouteOutages[]> {
    let text;
    try {
      text = await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
    await Deno.remove(this.#path);
    return decodeOutages(text);
  }

  /**
   * Replaces the file atomically; writes none for no hosts.
   *
   * @throws {Error} If the folder cannot be written.
   */
  async save(routes: readonly RouteOutages[]): Promise<void> {
    if (routes.length === 0) return;
    await replaceFile(this.#path, { texts: [encodeOutages(routes)] });
  }
}

/** Encodes outages as JSON, with hosts by address. */
export function encodeOutages(routes: readonly RouteOutages[]): string {
  const list = routes.map(({ modId, cmdId, hosts }) => ({
    modid: modId,
    cmdid: cmdId,
    hosts: Object.fromEntries(
      hosts.map(({ ip, port, ...outage }) => [
        formatAddress({ ip, port }),
        outage,
      ]),
    ),
  }));
  return `${JSON.stringify({ version: OUTAGES_VERSION, routes: list })}\n`;
}

/**
 * Decodes what {@linkcode encodeOutages} made.
 *
 * @throws {Error} If it is anything else.
 */
export function decodeOutages(text: string): RouteOutages[] {
  const { version, routes } = JSON.parse(text);
  if (version !== OUTAGES_VERSION) {
    throw new SyntaxError(
      `Cannot read hosts out of use as version must be ${OUTAGES_VERSION}: current value is ${version}`,
    );
  }
  return routes.map(decodeRoute);
}

function decodeRoute(
  { modid, cmdid, hosts }: {
    modid: unknown;
    cmdid: unknown;
    hosts: Record<string, Record<keyof HostOutage, unknown>>;
  },
): RouteOutages {
  const key = { modId: modid, cmdId: cmdid } as RouteKey;
  if (!isValidKey(key)) {
    throw new SyntaxError(
      `Cannot read hosts out of use as no route can be ${modid}/${cmdid}`,
    );
  }
  return {
    ...key,
    hosts: Object.entries(hosts).map(([address, outage]) => ({
      ...parseAddress(address),
      ...decodeOutage(outage),
    })),
  };
}

function decodeOutage(outage: Record<keyof HostOutage, unknown>): HostOutage {
  const { state, forMs, waitMs, ejections } = outage;
  // Agents before this one kept none, and a newer one may have others.
  const reason = REASONS.includes(outage.reason)
    ? outage.reason
    : HostReason.none;
  const isWhole = STATES.includes(state) && [forMs, waitMs, ejections].every(
    (value) => typeof value === "number" && value >= 0,
  );
  if (isWhole) return { state, reason, forMs, waitMs, ejections } as HostOutage;
  throw new SyntaxError(
    `Cannot read hosts out of use as a state is incomplete: ${
      JSON.stringify(outage)
    }`,
  );
}
