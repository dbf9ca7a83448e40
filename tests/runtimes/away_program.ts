/**
 * Calls route (1, 1) about 1,000 times a second through a client, for the agent
 * at the port of the first argument, until standard input ends. Prints what it
 * counted as a line of JSON every 100 ms.
 *
 * @module
 */
import process from "node:process";
import { LarsClient } from "../../api/mod.ts";

const TICK_MS = 10;
const CALLS_PER_TICK = 10;

/** What one line says, in calls since the start. */
export interface AwayCounts {
  called: number;
  answered: number;
  failed: Record<string, number>;
  standIns: number;
  agent: "up" | "down";
}

const client = LarsClient.open({
  agent: { hostname: "127.0.0.1", port: Number(process.argv[2]) },
});
const counts = { called: 0, answered: 0, standIns: 0 };
const failed: Record<string, number> = {};

async function call(): Promise<void> {
  counts.called += 1;
  const outcome = await client.getHost(1, 1);
  counts.answered += 1;
  if (outcome.state === "found") {
    if (outcome.standIn) counts.standIns += 1;
    await client.report(1, 1, { host: outcome.host, returnCode: 0 });
  } else {
    failed[outcome.state] = (failed[outcome.state] ?? 0) + 1;
  }
}

await client.register(1, 1);
const calls = setInterval(() => {
  for (let index = 0; index < CALLS_PER_TICK; index++) call();
}, TICK_MS);
const lines = setInterval(() => {
  console.log(JSON.stringify({ ...counts, failed, agent: client.agent }));
}, 100);
process.stdin.on("end", () => {
  clearInterval(calls);
  clearInterval(lines);
  // The client is not closed: alone, it must keep no process alive.
});
process.stdin.resume();
