import type { Command } from "commander";
import { storePatience } from "../options/patience.ts";
import { runStatement } from "../../../store/mod.ts";
import { addCommand, type CommandContext } from "../command.ts";
import type { Environment } from "../environment.ts";
import { formatTable, print, printJson } from "../output.ts";
import { ExitCode } from "../exit_code.ts";
import {
  addDataOption,
  findStore,
  type StoreOptions,
} from "../options/store.ts";

/** The sql command. */
export function addSqlCommand(
  program: Command,
  { environment, run }: CommandContext,
): void {
  addDataOption(addCommand(program, {
    name: "sql",
    description:
      "Run SQL on the embedded store; several statements are one transaction; NOW() and UNIX_TIMESTAMP() are those of MySQL",
    example:
      'lars sql "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1"',
  }))
    .option("--json", "print JSON")
    .argument("<statement>", "one or more statements")
    .action(
      run((statement: string, options: StoreOptions) =>
        runSql(environment, { ...options, statement })
      ),
    );
}

/** Runs SQL and prints the rows it answers, or how many it changed. */
async function runSql(
  environment: Environment,
  options: StoreOptions & { statement: string },
): Promise<ExitCode> {
  const { statement, json } = options;
  const path = await findStore(environment, options);
  const { rows, changes } = await storePatience(environment, path).retry(
    () => runStatement(path, statement, environment),
  );
  const values = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [column, toValue(value)]),
    )
  );
  if (json) {
    printJson(environment, { rows: values, changes });
  } else if (values.length > 0) {
    const header = Object.keys(values[0]!);
    const cells = values.map((row) => header.map((name) => toCell(row[name])));
    print(environment, formatTable(header, cells));
  } else {
    print(environment, `${changes} rows changed in ${path}`);
  }
  return ExitCode.found;
}

type Value = string | number | null;

/** The value as JSON has it: blobs in hexadecimal, other types as text. */
function toValue(value: unknown): Value {
  if (value instanceof Uint8Array) return value.toHex();
  if (typeof value === "number" || value === null) return value;
  return String(value);
}

function toCell(value: Value | undefined): string | number {
  if (typeof value === "number") return value;
  // Control characters in a table must not steer the terminal.
  // deno-lint-ignore no-control-regex
  return (value ?? "NULL").replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
}
