/**
 * `deno run -A tasks/cli_reference.ts [--check]`: writes the reference of the
 * `lars` command into api/cli/README.md, between its marks, from what the command
 * itself says. With `--check` it writes nothing, and exits 1 if the page is stale.
 *
 * @module
 */
import { type Argument, Command, type Option } from "commander";
import { POLICIES } from "../agent/policies/mod.ts";
import { exampleOf } from "../api/cli/command.ts";
import { createEnvironment } from "../api/cli/environment.ts";
import { addAgentOptions } from "../api/cli/options/agent.ts";
import { addStoreOptions } from "../api/cli/options/store.ts";
import { createProgram } from "../api/cli/program.ts";
import { generatePage } from "./generated_page.ts";

const PAGE = "api/cli/README.md";

/** What stands around the generated part of the page. */
const BEGIN = "<!-- begin: written by tasks/cli_reference.ts, do not edit -->";
const END = "<!-- end -->";

/** Options that many commands share, and are listed once. */
const GROUPS: readonly { title: string; options: readonly Option[] }[] = [
  {
    title: "Options of every command that asks an agent",
    options: addAgentOptions(new Command()).options,
  },
  {
    title: "Options of every command on routes",
    options: addStoreOptions(new Command()).options,
  },
];

/** Commands whose examples need what `deno task start` has not, and what that is. */
const NEEDS: Readonly<Record<string, string>> = {
  "alarm silence": "needs an alarm that fires",
  "alarm test": "needs a receiver of alarms",
  "instances gone": "needs an agent that has gone silent",
  "instances remove": "needs a host that has registered itself",
  "serve": "needs an agent with [register] enabled = on",
};

if (import.meta.main) {
  const page = await Deno.readTextFile(new URL(`../${PAGE}`, import.meta.url));
  const text = withReference(page, reference());
  Deno.exit(await generatePage(PAGE, { text, args: Deno.args }));
}

/**
 * The page with another text between its marks.
 *
 * @throws {Error} If the page lacks a mark.
 */
export function withReference(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `Cannot write the reference as the page lacks "${BEGIN}" or "${END}"`,
    );
  }
  const head = page.slice(0, begin + BEGIN.length);
  return `${head}\n\n${text}\n\n${page.slice(end)}`;
}

/** Every command that does something, in the order of `lars --help`. */
export function commands(): Leaf[] {
  const program = createProgram({
    policies: POLICIES,
    environment: createEnvironment(),
    run: () => () => Promise.resolve(),
  });
  return leavesOf(program, []);
}

/** The reference of every command. */
export function reference(): string {
  return [
    ...commands().map(describe),
    ...GROUPS.map(({ title, options }) =>
      `### ${title}\n\n${tableOf(options.map(optionRow))}`
    ),
  ].join("\n\n");
}

/** A command without commands of its own. */
export interface Leaf {
  command: Command;
  /** "route add". */
  path: string;
}

/** The commands that do something: those without commands of their own. */
function leavesOf(command: Command, path: readonly string[]): Leaf[] {
  const { commands } = command;
  if (commands.length === 0) return [{ command, path: path.join(" ") }];
  return commands.flatMap((each) => leavesOf(each, [...path, each.name()]));
}

function describe({ command, path }: Leaf): string {
  const shared = GROUPS.filter(({ options }) =>
    options.every(({ flags }) =>
      command.options.some((each) => each.flags === flags)
    )
  );
  const flags = shared.flatMap(({ options }) =>
    options.map((each) => each.flags)
  );
  const own = command.options.filter((each) => !flags.includes(each.flags));
  const rows = [
    ...command.registeredArguments.map(argumentRow),
    ...own.map(optionRow),
  ];
  const links = shared.map(({ title }) =>
    `; also the [options of ${title.slice("Options of ".length)}](#${
      title.toLowerCase().replaceAll(" ", "-")
    })`
  );
  const alias = command.alias();
  return [
    `### ${path}`,
    `${command.description()}.${alias ? ` Its old name is \`${alias}\`.` : ""}`,
    `\`lars ${path} ${command.usage()}\`${links.join("")}.`,
    ...rows.length === 0 ? [] : [tableOf(rows)],
    ...path in NEEDS ? [`<!-- not run: ${NEEDS[path]} -->`] : [],
    `\`\`\`sh\n${exampleIn(command)}\n\`\`\``,
  ].join("\n\n");
}

/** The example as it is typed in the repository. */
function exampleIn(command: Command): string {
  const example = exampleOf(command);
  if (example === undefined) {
    throw new Error(`Cannot describe "${command.name()}": it has no example`);
  }
  return example.replaceAll(/\blars (?=[a-z])/g, "deno task lars ");
}

type Row = [name: string, meaning: string, defaultText: string];

function argumentRow(argument: Argument): Row {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  const shown = argument.required ? `<${name}>` : `[${name}]`;
  return [shown, argument.description, defaultOf(argument)];
}

function optionRow(option: Option): Row {
  return [option.flags, option.description, defaultOf(option)];
}

/** The default of an argument or option, "" without one. */
function defaultOf(
  { defaultValue, defaultValueDescription }: {
    defaultValue?: unknown;
    defaultValueDescription?: string | undefined;
  },
): string {
  if (defaultValue === undefined || typeof defaultValue === "boolean") {
    return "";
  }
  return `\`${defaultValueDescription ?? String(defaultValue)}\``;
}

function tableOf(rows: readonly Row[]): string {
  return [
    "| argument or option | meaning | default |",
    "|---|---|---|",
    ...rows.map(([name, meaning, defaultText]) =>
      `| \`${name.replaceAll("|", "\\|")}\` | ${meaning} | ${defaultText} |`
    ),
  ].join("\n");
}
