import { startAgent, warmUp } from "./agent_target.ts";
import { runScript } from "../programs/child.ts";
import { FakeDns, hostsFor } from "../programs/fake_dns.ts";
import type { BenchOptions, Group, OpenGroup } from "./group.ts";
import type { Figures } from "../report/measurement.ts";

const HOSTS = 10;
const IN_FLIGHT = [1, 2, 10, 50];
const MODES = ["one by one", "batched"] as const;

/** Rate and latency of one LarsClient, by requests in flight and batching. */
export const client: Group = {
  name: "client",
  title: "LarsClient, getHost + report, by how many are in flight",
  goals: [
    {
      text: "50 in flight: pairs a second, batched over one by one",
      of: { variant: "50, batched", figure: "pairsPerSecond" },
      over: { variant: "50, one by one", figure: "pairsPerSecond" },
      atLeast: 4,
    },
    {
      text: "1 in flight: p50, batched over one by one",
      of: { variant: "1, batched", figure: "p50Us" },
      over: { variant: "1, one by one", figure: "p50Us" },
    },
  ],
  charts: [{
    name: "client-pairs",
    title: "LarsClient: getHost + report a second, by how many are in flight",
    figure: "pairsPerSecond",
    unit: "",
  }],
  open,
};

async function open(bench: BenchOptions): Promise<OpenGroup> {
  const stack = new AsyncDisposableStack();
  try {
    const dns = stack.use(new FakeDns((key) => hostsFor(key, HOSTS)));
    const agent = stack.use(
      await startAgent({ transport: "batch", dns: dns.address }),
    );
    await warmUp(agent.port, [{ modId: 1, cmdId: 1 }]);
    const { seconds, warmUpSeconds } = bench;
    const variants = IN_FLIGHT.flatMap((inFlight) =>
      MODES.map((mode) => ({
        name: `${inFlight}, ${mode}`,
        measure: () =>
          runScript<Figures>("programs/client.ts", {
            args: [
              ...[agent.port, agent.pid, inFlight, seconds, warmUpSeconds]
                .map(String),
              mode.replaceAll(" ", "-"),
            ],
          }),
      }))
    );
    return {
      variants,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
