import { runService } from "../service.ts";

/** A service that ends by itself is too late: its test fails rather than hangs. */
const LIFE_MS_MAX = 60_000;
const TOO_LATE_EXIT_CODE = 2;

/** A minimal service; its first argument says how it behaves. */
async function run(signal: AbortSignal): Promise<void> {
  const life = setTimeout(() => Deno.exit(TOO_LATE_EXIT_CODE), LIFE_MS_MAX);
  console.log("ready");
  if (Deno.args[0] === "fail") {
    throw new Deno.errors.AddrInUse("Cannot listen as port is taken: 7778");
  }
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  console.log("draining");
  if (Deno.args[0] === "hang") await new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  console.log("drained");
  clearTimeout(life);
}

if (import.meta.main) await runService(run, { stopMsMax: 50 });
