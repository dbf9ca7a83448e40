/**
 * A program as others write them: serves HTTP at a port of every address, each
 * request for as many milliseconds as it was told, or as the request says in its
 * path, and ends at once when a signal comes. Prints when it was called first.
 *
 * @module
 */
import { nowMs, sleep } from "../../support/wait.ts";

const [port = 0, serviceMs = 0] = Deno.args.map(Number);
let listenedMs: number | undefined = nowMs();
Deno.serve({ hostname: "0.0.0.0", port, onListen() {} }, async ({ url }) => {
  if (listenedMs !== undefined) {
    console.log(`called ${Math.round(nowMs() - listenedMs)} ms after it began`);
    listenedMs = undefined;
  }
  await sleep(Number(new URL(url).pathname.slice(1)) || serviceMs);
  return new Response();
});
