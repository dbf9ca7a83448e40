/**
 * getHost and report of a program with the agent inside it, one after the other;
 * prints a line of JSON: `embedded.ts DNS SECONDS WARM_UP POLICY now|awaited`.
 *
 * @module
 */
import type { LarsClient } from "../../../api/mod.ts";
import { openEmbedded } from "../../../api/embedded/mod.ts";
import { cpuNs } from "../../local/process_usage.ts";

/** Routes, which take turns. */
const ROUTES = 10;

/** Pairs of getHost and report between two turns of the event loop, which the links to dns and reporter need. */
const BURST = 10_000;

/** Makes the calls of a burst: the number that found no host. */
type Burst = (client: LarsClient) => Promise<number>;

/** Calls getHostNow(), which waits for nothing. */
function burstNow(client: LarsClient): Promise<number> {
  let hostless = 0;
  for (let pair = 0; pair < BURST; pair++) {
    const modId = pair % ROUTES;
    const outcome = client.getHostNow(modId, 1);
    if (outcome?.state === "found") {
      client.report(modId, 1, { host: outcome.host, returnCode: 0 });
    } else hostless += 1;
  }
  return Promise.resolve(hostless);
}

/** Calls getHost(), as a program does that also works with an agent beside it. */
async function burstAwaited(client: LarsClient): Promise<number> {
  let hostless = 0;
  for (let pair = 0; pair < BURST; pair++) {
    const modId = pair % ROUTES;
    const outcome = await client.getHost(modId, 1);
    if (outcome.state === "found") {
      await client.report(modId, 1, { host: outcome.host, returnCode: 0 });
    } else hostless += 1;
  }
  return hostless;
}

async function burstsFor(
  seconds: number,
  { client, burst }: { client: LarsClient; burst: Burst },
) {
  const endMs = performance.now() + seconds * 1_000;
  let spentMs = 0;
  let hostless = 0;
  let pairs = 0;
  while (performance.now() < endMs) {
    const startMs = performance.now();
    hostless += await burst(client);
    spentMs += performance.now() - startMs;
    pairs += BURST;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { spentMs, hostless, pairs };
}

if (import.meta.main) {
  const [dns = "", seconds, warmUpSeconds, policy = "lars", mode] = Deno.args;
  const [hostname = "", port] = dns.split(":");
  const at = { hostname, port: Number(port) };
  await using client = await openEmbedded({
    dns: [at],
    reporter: [at],
    policy,
  });
  for (let modId = 0; modId < ROUTES; modId++) await client.register(modId, 1);
  const burst = mode === "now" ? burstNow : burstAwaited;
  await burstsFor(Number(warmUpSeconds), { client, burst });
  const beforeNs = cpuNs(Deno.pid);
  const figures = await burstsFor(Number(seconds), { client, burst });
  const spentNs = cpuNs(Deno.pid) - beforeNs;
  console.log(JSON.stringify({
    pairUs: figures.spentMs * 1_000 / figures.pairs,
    // All of the process: also the links, and the rest of the runtime.
    processCpuUs: spentNs / 1_000 / figures.pairs,
    hostless: figures.hostless,
  }));
}
