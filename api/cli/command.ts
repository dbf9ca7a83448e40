import type { Command } from "commander";
import type { PolicyRegistry } from "../../agent/policies/mod.ts";
import type { Environment } from "./environment.ts";

/** What commands are added with. */
export interface CommandContext {
  environment: Environment;
  /** Policies that `lars replay` can run. */
  policies: PolicyRegistry;
  /** Makes an action for commander of a command that ends with an exit code. */
  run: <Parameters extends unknown[]>(
    command: (...parameters: Parameters) => Promise<number>,
  ) => (...parameters: Parameters) => Promise<void>;
}

/** What the help of a command says. */
export interface CommandHelp {
  name: string;
  description: string;
  /** A command line that works as it stands. */
  example: string;
  /** Whether it is meant where its parent is named alone. */
  isDefault?: boolean;
}

const EXAMPLES = new WeakMap<Command, string>();

/** Adds a command whose help ends with an example. */
export function addCommand(
  parent: Command,
  { name, description, example, isDefault = false }: CommandHelp,
): Command {
  const command = parent.command(name, { isDefault })
    .description(description)
    .addHelpText("after", `\nExample:\n  ${example}`);
  EXAMPLES.set(command, example);
  return command;
}

/** The example of a command that {@linkcode addCommand} added. */
export function exampleOf(command: Command): string | undefined {
  return EXAMPLES.get(command);
}
