import { formatAddress, type RouteKey } from "../../../../proto/mod.ts";
import {
  type AgentLease,
  covers,
  type HostDrain,
  type InstanceRow,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode } from "../../exit_code.ts";
import { openStore, type StoreOptions } from "../../options/store.ts";
import { formatTable, print, printJson } from "../../output.ts";
import { printable } from "../../text/printable.ts";
import { formatTime, toRfc3339 } from "../../text/times.ts";
import { agentJson, findLease, leaseText, nameOf } from "./agents.ts";

/** An instance, with what else is known of it. */
interface Listed {
  row: InstanceRow;
  /** Undefined: it ended while this was read. */
  lease: AgentLease | undefined;
  isDrained: boolean;
}

/** Prints the hosts that registered themselves. */
export async function listInstances(
  environment: Environment,
  options: StoreOptions & { key: RouteKey | undefined; agent?: string },
): Promise<ExitCode> {
  const { key, agent } = options;
  await using opened = await openStore(environment, options);
  await using leases = await opened.openLeases();
  const all = await leases.leases();
  const chosen = agent === undefined ? undefined : findLease(all, agent).agent;
  const byAgent = new Map(all.map((lease) => [lease.agent, lease]));
  const drains = await opened.store.drains();
  const listed: Listed[] = [];
  for await (const row of leases.instances({ key, agent: chosen })) {
    const isDrained = isDrainedBy(drains, row);
    listed.push({ row, lease: byAgent.get(row.agent), isDrained });
  }
  if (options.json) {
    printJson(environment, { instances: listed.map(instanceJson) });
    return ExitCode.found;
  }
  if (listed.length === 0) {
    environment.printError("No host has registered itself");
    return ExitCode.found;
  }
  const nowS = environment.clock.wallSeconds();
  const header = [
    "route",
    "host",
    "state",
    "since",
    "agent",
    "lease",
    "version",
  ];
  const rows = listed.map((each) => cellsOf(each, nowS));
  print(environment, formatTable(header, rows));
  return ExitCode.found;
}

function isDrainedBy(drains: readonly HostDrain[], row: InstanceRow): boolean {
  return drains.some((drain) => covers(drain, row));
}

function cellsOf({ row, lease, isDrained }: Listed, nowS: number): string[] {
  const state = stateText({ row, isDrained });
  return [
    `${row.modId} ${row.cmdId}`,
    formatAddress(row),
    row.isStatic ? `${state}, made by hand` : state,
    formatTime(row.since, { nowS }),
    lease === undefined ? "-" : nameOf(lease),
    lease === undefined ? "-" : leaseText(lease),
    printable(row.version),
  ];
}

function stateText(
  { row: { state }, isDrained }: Pick<Listed, "row" | "isDrained">,
): string {
  if (state === "removed") return "removed by hand";
  if (isDrained) return "drained";
  return state === "not_ready" ? "not ready" : state;
}

function instanceJson({ row, lease, isDrained }: Listed) {
  const { modId, cmdId, state, since, isStatic, weight, zone, version } = row;
  return {
    modid: modId,
    cmdid: cmdId,
    host: formatAddress(row),
    state,
    drained: isDrained,
    static: isStatic,
    since: toRfc3339(since),
    ...weight !== undefined && { weight },
    ...zone !== undefined && { zone },
    version,
    agent: lease === undefined ? null : agentJson(lease),
  };
}
