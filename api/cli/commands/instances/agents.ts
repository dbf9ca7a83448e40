import type { AgentLease } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { openStore, type StoreOptions } from "../../options/store.ts";
import { formatTable, print, printJson } from "../../output.ts";
import { printable } from "../../text/printable.ts";

/** Digits of an identity that people are shown. */
const ID_LENGTH = 8;

/** Prints every agent that has a lease. */
export async function listAgents(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  await using leases = await opened.openLeases();
  const agents = (await leases.leases()).sort((a, b) =>
    Number(b.overdue) - Number(a.overdue) || compare(a.name, b.name)
  );
  if (options.json) {
    printJson(environment, { agents: agents.map(agentJson) });
    return ExitCode.found;
  }
  if (agents.length === 0) {
    environment.printError("No agent has a lease");
    return ExitCode.found;
  }
  const rows = agents.map((lease) => [
    nameOf(lease),
    lease.agent.slice(0, ID_LENGTH),
    printable(lease.address),
    lease.instances,
    leaseText(lease),
    printable(lease.dns),
  ]);
  const header = ["agent", "id", "address", "instances", "lease", "dns"];
  print(environment, formatTable(header, rows));
  return ExitCode.found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An agent as people call it; its id if it has no name. */
export function nameOf({ name, agent }: AgentLease): string {
  return name === "" ? agent.slice(0, ID_LENGTH) : printable(name);
}

/** Whether an agent lives: "renewed", or "overdue". */
export function leaseText({ overdue }: AgentLease): string {
  return overdue ? "overdue" : "renewed";
}

/** An agent for JSON. */
export function agentJson(lease: AgentLease): Record<string, unknown> {
  const { agent, name, address, dns, instances, ttlMs, overdue } = lease;
  return { id: agent, name, address, dns, instances, ttlMs, overdue };
}

/**
 * The lease that a person means by a name, an address or the beginning of an id.
 *
 * @throws {CommandError} If there is none, or more than one.
 */
export function findLease(
  leases: readonly AgentLease[],
  meant: string,
): AgentLease {
  const exact = leases.filter(({ name, address, agent }) =>
    [name, address, agent].includes(meant)
  );
  const found = exact.length > 0
    ? exact
    : leases.filter(({ agent }) => meant !== "" && agent.startsWith(meant));
  const [lease] = found;
  if (lease === undefined) {
    throw new CommandError(
      `Cannot find an agent with a lease that has the name, the address or the id "${meant}": see "lars instances agents"`,
      { exitCode: ExitCode.noSuchRoute },
    );
  }
  if (found.length === 1) return lease;
  const ids = found.map(({ agent }) => agent.slice(0, ID_LENGTH)).join(", ");
  throw new CommandError(
    `Cannot tell which of ${found.length} agents "${meant}" means: name one by its id: ${ids}`,
    { exitCode: ExitCode.wrongUsage },
  );
}
