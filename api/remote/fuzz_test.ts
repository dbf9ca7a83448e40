import { assertEquals } from "@std/assert";
import { seededRandom } from "../../net/testing/mod.ts";
import { finish, type SendHost, withClient } from "../testing/mod.ts";

/** `LARS_CLIENT_SEEDS` replays more of them. */
const SEEDS = Number(Deno.env.get("LARS_CLIENT_SEEDS") ?? 20);

const CALLERS = 30;
const CALLS = 10;

Deno.test("LarsClient answers every caller, whatever an agent sends and the network loses", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seededRandom(seed);
    const faults = { lossRate: 0.2, duplicateRate: 0.2, delayMaxMs: 30 };
    await withClient({ faults, random, tries: 3 }, async (fixture) => {
      const { agent, client, clock } = fixture;
      agent.onHost = (request, send) => misbehave(request.seq, send, random);
      let settled = 0;
      const loop = async () => {
        for (let call = 0; call < CALLS; call++) {
          const abort = new AbortController();
          if (random() < 0.2) {
            clock.schedule(random() * 40, () => abort.abort());
          }
          const outcome = await client.getHost(1, 1, { signal: abort.signal })
            .catch(() => undefined);
          settled += 1;
          if (outcome?.state !== "found") continue;
          if (random() < 0.5) await clock.sleep(random() * 20);
          await client.report(1, 1, { host: outcome.host, returnCode: 0 });
        }
      };
      const loops = Array.from({ length: CALLERS }, loop);
      await finish(clock, Promise.all(loops), 60_000);
      assertEquals([seed, settled], [seed, CALLERS * CALLS]);
    });
  }
});

/** An answer, or several, or none, with whatever hosts. */
function misbehave(seq: number, send: SendHost, random: () => number): void {
  const hosts = Array.from({ length: Math.floor(random() * 80) }, () => ({
    ip: Math.floor(random() * 3),
    port: Math.floor(random() * 3) - 1,
  }));
  const kind = random();
  if (kind < 0.1) return;
  if (kind < 0.2) send({ seq: seq + 1 });
  if (kind < 0.3) send({ use_ms: 0 });
  else if (kind < 0.4) send({ retcode: Math.floor(random() * 5) });
  else if (kind < 0.7) send({ more: hosts, use_ms: 5 });
  else send({ more: hosts, use_ms: Math.floor(random() * 2 ** 32) });
}

Deno.test("LarsClient tells every result exactly once over a network that loses nothing", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seededRandom(seed);
    const faults = { delayMinMs: 0.1, delayMaxMs: 30 };
    await withClient({ faults, random }, async ({ agent, client, clock }) => {
      agent.useMs = 20;
      let number = 0;
      const loop = async () => {
        for (let call = 0; call < CALLS; call++) {
          await clock.sleep(random() * 20);
          const outcome = await client.getHost(1, 1);
          if (outcome.state !== "found") throw new Error(outcome.state);
          if (random() < 0.5) await clock.sleep(random() * 20);
          number += 1;
          client.report(1, 1, { host: outcome.host, returnCode: number });
        }
      };
      const loops = Array.from({ length: CALLERS }, loop);
      await finish(clock, Promise.all(loops), 60_000);
      await client[Symbol.asyncDispose]();
      await clock.advance(100);
      const told = agent.results.map((result) => Number(result.split(" ")[1]))
        .sort((a, b) => a - b);
      const expected = Array.from({ length: number }, (_, index) => index + 1);
      assertEquals([seed, told], [seed, expected]);
    });
  }
});
