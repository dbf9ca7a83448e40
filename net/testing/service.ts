import { runService } from "../service.ts";

/** A service as short as can be; its first argument says how it behaves. */
async function run(signal: AbortSignal): Promise<void> {
  const keepAlive = setInterval(() => {}, 60_000);
  console.log("ready");
  if (Deno.args[0] === "fail") {
    throw new Deno.errors.AddrInUse("Cannot listen as port is taken: 7778");
  }
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  console.log("draining");
  if (Deno.args[0] === "hang") await new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("drained");
  clearInterval(keepAlive);
}

if (import.meta.main) await runService(run);
