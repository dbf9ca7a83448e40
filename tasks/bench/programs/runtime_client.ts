/**
 * Callers that share one LarsClient, in any runtime that it is for; prints a
 * line of JSON: `runtime_client.mjs PORT IN_FLIGHT SECONDS WARM_UP`.
 *
 * @module
 */
import process from "node:process";
import { LarsClient } from "../../../api/mod.ts";

const [port = 0, inFlight = 1, seconds = 1, warmUpSeconds = 0] = process.argv
  .slice(2).map(Number);
const client = LarsClient.open({
  agent: { hostname: "127.0.0.1", port },
  timeoutMs: 500,
});
let pairs = 0;
let isStopped = false;

/** One caller: a getHost and its report after the other. */
async function run(): Promise<void> {
  while (!isStopped) {
    const outcome = await client.getHost(1, 1);
    if (outcome.state !== "found") throw new Error(outcome.state);
    await client.report(1, 1, { host: outcome.host, returnCode: 0 });
    pairs += 1;
  }
}

function read() {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuUs: user + system, pairs };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const running = Array.from({ length: inFlight }, run);
await sleep(warmUpSeconds * 1_000);
const before = read();
await sleep(seconds * 1_000);
const after = read();
const measured = after.pairs - before.pairs;
console.log(JSON.stringify({
  clientCpuUs: (after.cpuUs - before.cpuUs) / measured,
  pairsPerSecond: measured / (after.atMs - before.atMs) * 1_000,
}));
isStopped = true;
await Promise.all(running);
await client.close();
