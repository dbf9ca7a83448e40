/**
 * `deno task schema [--apply] [--conf FILE]`: compares the MySQL database that
 * a dns.conf names with the tables that Lars needs; `--apply` creates what is
 * missing. What exists is never altered, but for an index on RouteData.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createEnvironment } from "../api/cli/environment.ts";
import { storePatience } from "../api/cli/options/patience.ts";
import { describeStore, dnsConf, locate } from "../conf/mod.ts";
import { print, printError, SystemClock } from "../net/mod.ts";
import { ensureSchema } from "../store/mod.ts";

const USAGE = `usage: deno task schema [--apply] [--conf FILE]
  --apply      create what is missing: database, tables, index
  --conf FILE  a dns.conf with a section [mysql]; default: dns.conf in $LARS_CONF,
               in the folder of Lars, or in /etc/lars`;

interface SchemaOptions {
  apply: boolean;
  conf?: string | undefined;
}

if (import.meta.main) Deno.exit(await main());

/** Exit code 0: all is there; 1: something is missing or failed; 64: wrong usage. */
async function main(): Promise<number> {
  const options = parseOptions();
  if (options === undefined) {
    printError(USAGE);
    return 64;
  }
  try {
    return await checkSchema(options);
  } catch (error) {
    printError(`error: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

function parseOptions(): SchemaOptions | undefined {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        apply: { type: "boolean", default: false },
        conf: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    printError(String(error instanceof Error ? error.message : error));
    return undefined;
  }
}

async function checkSchema(
  { apply, conf: named }: SchemaOptions,
): Promise<number> {
  const { conf } = await locate("dns", { conf: named });
  const { store } = (await dnsConf.load(conf)).config;
  if (store.kind !== "mysql") {
    print(
      `"${conf}" names the embedded store, which makes its tables by itself`,
    );
    return 0;
  }
  const patience = storePatience(createEnvironment(), describeStore(store, ""));
  const { created, missing } = await patience.retry(() =>
    ensureSchema(store.mysql, { clock: new SystemClock(), apply })
  );
  const lines = [
    ...created.map((what) => `created ${what}`),
    ...missing.map((what) => `missing ${what}`),
  ];
  print(lines.length > 0 ? lines.join("\n") : "everything is there");
  if (missing.length === 0) return 0;
  if (!apply) print("run deno task schema --apply to create it");
  return 1;
}
