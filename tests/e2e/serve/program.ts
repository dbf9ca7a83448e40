/**
 * A program as others write them: serves HTTP at a port, each request for as many
 * milliseconds as it was told, or as the request says in its path, and ends at once
 * when a signal comes.
 *
 * @module
 */
import { sleep } from "../../support/wait.ts";

const [port = 0, serviceMs = 0] = Deno.args.map(Number);
Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async ({ url }) => {
  await sleep(Number(new URL(url).pathname.slice(1)) || serviceMs);
  return new Response(String(port));
});
