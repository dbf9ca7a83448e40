import { type Command, InvalidArgumentError } from "commander";
import {
  CHECK_PATH_LENGTH_MAX,
  INSTANCE_DRAIN_MAX_MS,
  INSTANCE_TTL_MAX_MS,
  isIp,
  PORT_MAX,
  type RouteKey,
  TAG_LENGTH_MAX,
  TAGS_MAX,
  VERSION_LENGTH_MAX,
  WEIGHT_MAX,
} from "../../../../proto/mod.ts";
import { addCommand, type CommandContext } from "../../command.ts";
import { addAgentPlace } from "../../options/agent.ts";
import {
  integer,
  numberOption,
  parseDuration,
  parseName,
  parseStoreId,
} from "../../options/arguments.ts";
import type { ServeCheckOption, ServeOptions } from "./options.ts";
import { serveProgram } from "./serve.ts";

/** Name of the command: the one that runs programs. */
export const SERVE = "serve";

/** The serve command. */
export function addServeCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const command = addCommand(program, {
    name: SERVE,
    description:
      "Run a program, and register it as a host of a route while it runs",
    example: "lars serve 1 3 --port 8080 -- python3 -m http.server 8080",
  })
    .argument("<modid>", "the served route", parseStoreId)
    .argument("<cmdid>", "its command", parseStoreId)
    .argument("<command...>", "the program and its arguments, after --")
    .requiredOption(
      "--port <port>",
      "where the program listens",
      (text: string) => integer({ min: 1, max: PORT_MAX })(text),
    )
    .option(
      "--ip <ip>",
      "address that callers use; default: the machine's own, as its agent knows it",
      parseIpOption,
    )
    .option(
      "--weight <weight>",
      "relative capacity, 1 to 10000; default: 100",
      (text: string) => integer({ min: 1, max: WEIGHT_MAX })(text),
    )
    .option(
      "--zone <zone>",
      "zone that it stands in; default: the agent's",
      (text: string) => parseName(text),
    )
    .option(
      "--check <check>",
      "what the agent looks at: none, tcp for whether the port accepts, or http:/PATH or https:/PATH for whether GET answers with a status below 400",
      parseCheck,
      "tcp",
    );
  addSpans(addAgentPlace(command))
    .option(
      "--version <text>",
      "version of the program, for people",
      (text: string) => parsePrintable(text, VERSION_LENGTH_MAX),
    )
    .option(
      "--tag <text>",
      `for people; may be given up to ${TAGS_MAX} times`,
      collectTags,
    )
    .action(run((
      modId: number,
      cmdId: number,
      line: string[],
      options: Omit<ServeOptions, keyof RouteKey>,
    ) => serveProgram(environment, { ...options, modId, cmdId, line })));
}

function addSpans(command: Command): Command {
  spanOption(command, "--ttl <span>", {
    description:
      "time without a sign of life after which the agent takes it out, up to 5m",
    maxMs: INSTANCE_TTL_MAX_MS,
    value: 15,
  });
  spanOption(command, "--drain <span>", {
    description:
      "longest time that leaving takes: until all callers have told that their calls have ended",
    maxMs: INSTANCE_DRAIN_MAX_MS,
    value: 5,
  });
  return spanOption(command, "--stop <span>", {
    description:
      "time that the program has to end after a signal, then SIGKILL",
    maxMs: INSTANCE_DRAIN_MAX_MS,
    value: 30,
  });
}

function spanOption(
  command: Command,
  flags: string,
  { description, maxMs, value }: {
    description: string;
    maxMs: number;
    /** In seconds. */
    value: number;
  },
): Command {
  const parse = (text: string) => {
    const seconds = parseDuration(text);
    if (seconds * 1_000 <= maxMs) return seconds;
    throw new InvalidArgumentError(`It must be up to ${maxMs / 1_000}s`);
  };
  numberOption(command, flags, { description, parse, value });
  command.options.at(-1)!.defaultValueDescription = `${value}s`;
  return command;
}

function parsePrintable(text: string, lengthMax: number): string {
  if (/^[\x20-\x7e]+$/.test(text) && text.length <= lengthMax) return text;
  throw new InvalidArgumentError(
    `It must have 1 to ${lengthMax} printable ASCII characters`,
  );
}

function collectTags(text: string, before: string[] = []): string[] {
  const tags = [...before, parsePrintable(text, TAG_LENGTH_MAX)];
  if (tags.length <= TAGS_MAX) return tags;
  throw new InvalidArgumentError(`There must be at most ${TAGS_MAX}`);
}

function parseIpOption(text: string): string {
  if (isIp(text)) return text;
  throw new InvalidArgumentError("It must be an IPv4 address");
}

function parseCheck(text: string): ServeCheckOption {
  if (text === "none" || text === "tcp") return text;
  const path = /^https?:(\/[\x21-\x7e]*)$/.exec(text)?.[1];
  if (path !== undefined && path.length <= CHECK_PATH_LENGTH_MAX) {
    return text as ServeCheckOption;
  }
  throw new InvalidArgumentError(
    "It must be none, tcp, http:/PATH or https:/PATH",
  );
}
