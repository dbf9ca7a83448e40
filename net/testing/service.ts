import { runService, type ServiceLife } from "../service/service.ts";

/** A service that ends by itself is too late: its test fails rather than hangs. */
const LIFE_MS_MAX = 60_000;
const TOO_LATE_EXIT_CODE = 2;

/** How often one that is not alive is asked before it says so. */
const ASKS = 3;

/** A minimal service; the name of its file says how it behaves. */
async function run(
  { options, signal, onReady, onReload }: ServiceLife,
): Promise<void> {
  const life = setTimeout(() => Deno.exit(TOO_LATE_EXIT_CODE), LIFE_MS_MAX);
  onReload(() => {
    console.log("reloading");
    return Promise.resolve();
  });
  let asks = 0;
  onReady(() => {
    asks += 1;
    if (asks === ASKS && options.conf === "mute") console.log("asked");
    return Promise.resolve(options.conf !== "mute");
  });
  console.log("ready");
  if (options.conf === "fail") {
    throw new Deno.errors.AddrInUse("Cannot listen as port is taken: 7778");
  }
  if (options.conf === "full") Deno.writeTextFileSync("/dev/full", "text");
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  console.log("draining");
  if (options.conf === "hang") await new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  console.log("drained");
  clearTimeout(life);
}

if (import.meta.main) {
  await runService({
    name: "test",
    run,
    stopMsMax: 50,
  });
}
