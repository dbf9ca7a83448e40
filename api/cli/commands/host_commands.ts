import type { Command } from "commander";
import {
  formatAddress,
  formatIp,
  type HostAddress,
  ID_MAX,
  type RouteKey,
} from "../../../proto/mod.ts";
import { DURATION_US_MAX, type RouteHost } from "../../mod.ts";
import {
  addAgentOptions,
  type AgentOptions,
  askPatiently,
  explainNoHost,
  openClient,
} from "../options/agent.ts";
import { integer, parseHost, parseWireId } from "../options/arguments.ts";
import { type Environment, print, printJson } from "../output.ts";
import { ExitCode, exitCodeOf } from "../exit_code.ts";
import { addCommand, type Run } from "../command.ts";

/** get-host, get-route and report. */
export function addHostCommands(
  program: Command,
  { environment, run }: { environment: Environment; run: Run },
): void {
  const getHostCommand = addCommand(program, {
    name: "get-host",
    description: "Ask the agent which host to call",
    example: "lars get-host 1 1",
  });
  addRouteArguments(addAgentOptions(getHostCommand)).action(
    run((modId: number, cmdId: number, options: AgentOptions) =>
      getHost(environment, { ...options, modId, cmdId })
    ),
  );

  const getRouteCommand = addCommand(program, {
    name: "get-route",
    description: "Ask the agent for all hosts of a route and their states",
    example: "lars get-route 1 1 --json",
  });
  addRouteArguments(addAgentOptions(getRouteCommand)).action(
    run((modId: number, cmdId: number, options: AgentOptions) =>
      getRoute(environment, { ...options, modId, cmdId })
    ),
  );

  const reportCommand = addCommand(program, {
    name: "report",
    description: "Tell the agent how a call went; it does not answer",
    example: "lars report 1 1 192.168.1.177:7777 0 --duration-us 1500",
  });
  addRouteArguments(addAgentOptions(reportCommand))
    .argument("<ip:port>", "the host that was called", parseHost)
    .argument(
      "<retcode>",
      "0 is success, anything else failure",
      integer({ min: -ID_MAX - 1, max: ID_MAX }),
    )
    .option(
      "--duration-us <us>",
      "how long the call took, in microseconds",
      integer({ min: 1, max: DURATION_US_MAX }),
    )
    .action(
      run((
        modId: number,
        cmdId: number,
        host: HostAddress,
        returnCode: number,
        options: AgentOptions & { durationUs?: number },
      ) => report(environment, { ...options, modId, cmdId, host, returnCode })),
    );
}

/** Adds MODID and CMDID to a command that asks an agent. */
export function addRouteArguments(command: Command): Command {
  return command
    .argument("<modid>", "the called service", parseWireId)
    .argument("<cmdid>", "its command", parseWireId);
}

/** Prints the host to call. */
export async function getHost(
  environment: Environment,
  options: RouteKey & AgentOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const outcome = await askPatiently(
    environment,
    () => client.getHost(modId, cmdId),
  );
  const { state } = outcome;
  if (json) {
    const host = state === "found" ? toJson(outcome.host) : {};
    printJson(environment, { state, ...host });
  } else if (state === "found") {
    print(environment, formatAddress(outcome.host));
  }
  if (state !== "found") {
    environment.note(explainNoHost({ modId, cmdId }, { state, agent }));
  }
  return exitCodeOf(state);
}

/** Prints every host of a route, and whether it is overloaded. */
export async function getRoute(
  environment: Environment,
  options: RouteKey & AgentOptions,
): Promise<ExitCode> {
  const { modId, cmdId, agent, json } = options;
  await using client = openClient(environment, options);
  const outcome = await askPatiently(
    environment,
    () => client.getRoute(modId, cmdId, { withState: true }),
  );
  const { state } = outcome;
  const hosts = state === "found" ? outcome.hosts : [];
  if (json) {
    const shown = hosts.map((host) => ({
      ...toJson(host),
      state: stateOf(host),
    }));
    printJson(environment, { state, hosts: shown });
  } else {
    for (const host of hosts) {
      print(environment, `${formatAddress(host)} ${stateOf(host)}`);
    }
  }
  if (state !== "found") {
    environment.note(explainNoHost({ modId, cmdId }, { state, agent }));
  }
  return exitCodeOf(state);
}

/** Sends a report, and says that it left; nobody can say more. */
export async function report(
  environment: Environment,
  options: RouteKey & AgentOptions & {
    host: HostAddress;
    returnCode: number;
    durationUs?: number;
  },
): Promise<ExitCode> {
  const { modId, cmdId, json, ...result } = options;
  await using client = openClient(environment, options);
  const sent = await client.report(modId, cmdId, result);
  if (json) printJson(environment, { state: sent ? "sent" : "system_error" });
  if (sent) return ExitCode.found;
  environment.note(
    `Cannot report to the agent as the system refused to send to ${options.agent.hostname}: see --agent`,
  );
  return ExitCode.systemError;
}

/** "idle" or "overloaded". */
export function stateOf(host: RouteHost): string {
  return host.overload ? "overloaded" : "idle";
}

function toJson({ ip, port }: HostAddress): { ip: string; port: number } {
  return { ip: formatIp(ip), port };
}
