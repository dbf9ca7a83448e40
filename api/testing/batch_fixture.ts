import type { VirtualClock } from "../../net/testing/mod.ts";
import {
  type ClientFixture,
  finish,
  HOST,
  withClient,
} from "./client_fixture.ts";
import type { HostOutcome, LarsClient } from "../mod.ts";

/** How a call of HOST went. */
export const SUCCESS = { host: HOST, returnCode: 0 };

/** A fixture whose agent takes several callers in a request, and is known to; a datagram takes 10 ms. */
export async function withBatchingAgent(
  body: (fixture: ClientFixture) => Promise<void>,
): Promise<void> {
  const faults = { delayMinMs: 10, delayMaxMs: 10 };
  const routes = { "1,1": ["192.168.1.177:7777", "10.0.0.9:1"] };
  await withClient({ faults, routes }, async (fixture) => {
    fixture.agent.useMs = 50;
    await states(fixture.clock, ask(fixture.client, 2));
    fixture.agent.hostRequests.length = 0;
    await body(fixture);
  });
}

/** Requests of a number of callers at once. */
export function ask(
  client: LarsClient,
  callers: number,
): Promise<HostOutcome>[] {
  return Array.from({ length: callers }, () => client.getHost(1, 1));
}

/** What the agent was sent: hosts wanted + results, for each request. */
export function requests({ agent }: ClientFixture): string[] {
  return agent.hostRequests.map(({ request: { count, results } }) =>
    `${count}+${results.length}`
  );
}

/** What becomes of those who asked, in time. */
export async function states(
  clock: VirtualClock,
  asked: Promise<HostOutcome>[],
): Promise<string[]> {
  const outcomes = await finish(clock, Promise.all(asked));
  return outcomes.map(({ state }) => state);
}
