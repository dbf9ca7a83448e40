import type { AgentLease, ExpireOutcome } from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode } from "../../exit_code.ts";
import { actorOf, openStore, type StoreOptions } from "../../options/store.ts";
import { print, printJson } from "../../output.ts";
import { findLease, nameOf } from "./agents.ts";

/** Ends the leases of machines that are gone, as a person says. */
export async function endGone(
  environment: Environment,
  options: StoreOptions & { agents: readonly string[] },
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  await using leases = await opened.openLeases();
  const all = await leases.leases();
  const gone = new Set(options.agents.map((meant) => findLease(all, meant)));
  const alive = [...gone].filter(({ overdue }) => !overdue).map(nameOf);
  if (alive.length > 0) {
    throw new CommandError(
      `Cannot end the lease of ${
        alive.join(", ")
      } as it is renewed: an agent that lives brings its instances back`,
      { exitCode: ExitCode.wrongUsage },
    );
  }
  const outcomes = await leases.expire([...gone], {
    by: { actor: actorOf(environment), action: "machines are gone" },
  });
  const named = outcomes.map((outcome) => ({
    outcome,
    lease: [...gone].find(({ agent }) => agent === outcome.agent)!,
  }));
  if (options.json) {
    printJson(environment, { agents: named.map(goneJson) });
  } else {
    for (const each of named) print(environment, goneText(each));
  }
  const isCancelled = outcomes.some(({ state }) => state === "cancelled");
  return isCancelled ? ExitCode.systemError : ExitCode.found;
}

interface Gone {
  outcome: ExpireOutcome;
  lease: AgentLease;
}

function goneText({ outcome: { state, removed }, lease }: Gone): string {
  return state === "cancelled"
    ? `${nameOf(lease)}: back, it was renewed`
    : `${nameOf(lease)}: gone, ${removed.length} hosts removed`;
}

function goneJson({ outcome: { agent, state, removed }, lease }: Gone) {
  return { id: agent, name: lease.name, state, removed: removed.length };
}
