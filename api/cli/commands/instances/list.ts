import { formatAddress, type RouteKey } from "../../../../proto/mod.ts";
import {
  type AgentLease,
  covers,
  type HostDrain,
  type InstanceRow,
  readDrainProgress,
  StoreError,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode } from "../../exit_code.ts";
import {
  type OpenedStore,
  openStore,
  type StoreOptions,
} from "../../options/store.ts";
import { formatTable, print, printJson } from "../../output.ts";
import { printable } from "../../text/printable.ts";
import { formatInFlight } from "../../text/route_text.ts";
import { formatTime, toRfc3339 } from "../../text/times.ts";
import { agentJson, findLease, leaseText, nameOf } from "./agents.ts";

/** Most hosts that are not ready whose callers are asked for. */
const NOT_READY_MAX = 100;

/** An instance, with what else is known of it. */
interface Listed {
  row: InstanceRow;
  /** Calls that are under way at one that is not ready, as far as is known. */
  inFlight: number;
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
    const lease = byAgent.get(row.agent);
    listed.push({ row, lease, isDrained, inFlight: 0 });
  }
  await countInFlight(environment, opened, listed);
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

/** Finds out about the calls of hosts that are not ready. */
async function countInFlight(
  { clock }: Environment,
  opened: OpenedStore,
  listed: readonly Listed[],
): Promise<void> {
  const some = listed.filter(({ row }) => row.state === "not_ready")
    .slice(0, NOT_READY_MAX);
  if (some.length === 0) return;
  const atSeconds = clock.wallSeconds();
  try {
    await using opening = await opened.openHistory();
    for (const each of some) {
      const places = [each.row];
      const { history } = opening;
      const told = await readDrainProgress(history, { places, atSeconds });
      each.inFlight = told.inFlight;
    }
  } catch (error) {
    // A store without history knows nothing of calls.
    if (!(error instanceof StoreError)) throw error;
  }
}

function isDrainedBy(drains: readonly HostDrain[], row: InstanceRow): boolean {
  return drains.some((drain) => covers(drain, row));
}

function cellsOf(listed: Listed, nowS: number): string[] {
  const { row, lease } = listed;
  const state = stateText(listed);
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

function stateText({ row: { state }, isDrained, inFlight }: Listed): string {
  if (state === "removed") return "removed by hand";
  if (isDrained) return "drained";
  if (state !== "not_ready") return state;
  return inFlight === 0
    ? "not ready"
    : `not ready, ${formatInFlight(inFlight)}`;
}

function instanceJson({ row, lease, isDrained, inFlight }: Listed) {
  const { modId, cmdId, state, since, isStatic, weight, zone, version } = row;
  return {
    modid: modId,
    cmdid: cmdId,
    host: formatAddress(row),
    state,
    drained: isDrained,
    ...inFlight > 0 && { inFlight },
    static: isStatic,
    since: toRfc3339(since),
    ...weight !== undefined && { weight },
    ...zone !== undefined && { zone },
    version,
    agent: lease === undefined ? null : agentJson(lease),
  };
}
