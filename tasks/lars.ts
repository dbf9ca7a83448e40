/**
 * `deno task lars`: the command of api/cli/, whose `replay` knows the judge's
 * baselines too.
 *
 * @module
 */
import { main } from "../api/cli/main.ts";
import { JUDGED } from "../tests/judge/policies.ts";

if (import.meta.main) Deno.exit(await main(JUDGED));
