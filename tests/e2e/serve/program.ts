/**
 * A program as others write them: serves HTTP at a port, each request for as many
 * milliseconds as it was told, and ends at once when a signal comes.
 *
 * @module
 */
import { sleep } from "../../support/wait.ts";

const [port = 0, serviceMs = 0] = Deno.args.map(Number);
Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async () => {
  await sleep(serviceMs);
  return new Response(String(port));
});
