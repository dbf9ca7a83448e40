import type { Command } from "commander";
import { createStore, ensureSchema } from "../../../store/mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import type { Environment } from "../environment.ts";
import { CommandError, ExitCode } from "../exit_code.ts";
import {
  addStoreOptions,
  locateStore,
  openStore,
  type StoreOptions,
} from "../options/store.ts";
import { storePatience } from "../options/patience.ts";
import { print, printJson } from "../output.ts";

/** Options of store schema. */
interface SchemaOptions extends StoreOptions {
  apply?: boolean;
}

/** store create, schema and accept. */
export function addStoreCommands(
  program: Command,
  { environment, run }: CommandContext,
): void {
  const store = addCommand(program, {
    name: "store",
    description: "Make the store, and answer for what it holds",
    example: "lars store create",
  });
  addStoreOptions(addCommand(store, {
    name: "create",
    description:
      "Make the store that the services use, where there is none: its file and folder, or the database and its tables; one that is there stays as it is",
    example: "lars store create",
  })).action(
    run((options: StoreOptions) => runCreate(environment, options)),
  );
  addStoreOptions(
    addCommand(store, {
      name: "schema",
      description:
        "Compare the database of the services with the tables that Lars needs; what exists is never altered, but for an index",
      example: "lars store schema",
    }).option(
      "--apply",
      "create what is missing, as a user who may: database, tables, index",
    ),
  ).action(
    run((options: SchemaOptions) => runSchema(environment, options)),
  );
  addStoreOptions(addCommand(store, {
    name: "accept",
    description:
      "Say that what the store holds now is meant: dns and agents, which hold back removals that a new, emptied or restored store makes, then apply them",
    example: "lars store accept",
  })).action(
    run((options: StoreOptions) => runAccept(environment, options)),
  );
}

/** Makes the store. */
async function runCreate(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  const { location, data, where } = await locateStore(environment, options);
  const { clock } = environment;
  const patience = storePatience(environment, where);
  const created = await patience.retry(() =>
    createStore(location, { dataDir: data, clock })
  );
  if (options.json) printJson(environment, { store: where, created });
  else if (created) print(environment, `made store ${where}`);
  else environment.printError(`Store ${where} is there already`);
  return ExitCode.found;
}

/** Says what the database lacks, or creates it; an embedded store lacks nothing. */
async function runSchema(
  environment: Environment,
  { apply = false, ...options }: SchemaOptions,
): Promise<ExitCode> {
  const { location, data, where } = await locateStore(environment, options);
  const { clock } = environment;
  const patience = storePatience(environment, where);
  const { created, missing } = await patience.retry(() =>
    ensureSchema(location, { dataDir: data, clock, apply })
  );
  if (options.json) {
    printJson(environment, { store: where, created, missing });
  } else if (location.kind !== "mysql") {
    print(
      environment,
      `store ${where} is embedded: it makes its tables by itself`,
    );
  } else {
    const lines = [
      ...created.map((what) => `created ${what}`),
      ...missing.map((what) => `missing ${what}`),
    ];
    print(
      environment,
      lines.length > 0 ? lines.join("\n") : "everything is there",
    );
    if (missing.length > 0 && !apply) {
      environment.printError('Run "lars store schema --apply" to create it');
    }
  }
  return missing.length > 0 ? ExitCode.systemError : ExitCode.found;
}

/** Says that what the store holds is meant. */
async function runAccept(
  environment: Environment,
  options: StoreOptions,
): Promise<ExitCode> {
  await using opened = await openStore(environment, options);
  const { store, where } = opened;
  const { identity, accepted } = await store.accept();
  if (identity === undefined) {
    throw new CommandError(
      `Cannot accept store ${where} as it has no identity, so that nothing is held back: give it one with "lars store schema --apply"`,
      { exitCode: ExitCode.systemError },
    );
  }
  if (options.json) {
    printJson(environment, { store: where, identity, accepted });
  } else {
    print(
      environment,
      `accepted what store ${where} holds now: dns and agents apply what they held back`,
    );
  }
  return ExitCode.found;
}
