import { startAgent, warmUp } from "./agent_target.ts";
import { FakeDns, hostsFor } from "../programs/fake_dns.ts";
import type { BenchOptions, Group, OpenGroup } from "./group.ts";
import { runLoad, throughput } from "../load/process.ts";
import { parseRoutes } from "../load/routes.ts";
import { residentMb } from "../../local/process_usage.ts";

const HOSTS = 10;
const FEW = "1-10/1";
const MANY = "1-1000/0-99";

/** Routes of a smoke run. */
const MANY_QUICK = "1-10/0-99";

/** Memory and CPU of an agent with 100,000 routes of 10 hosts, against 10 routes. */
export const manyRoutes: Group = {
  name: "many-routes",
  title: "100,000 routes of 10 hosts in one agent, three ports, 16 outstanding",
  goals: [
    {
      text: "memory with 100,000 routes, MB",
      of: { variant: "100,000 routes", figure: "residentMb" },
      atMost: 300,
    },
    {
      text: "memory with 100,000 routes, adaptive, MB",
      of: { variant: "100,000 routes, adaptive", figure: "residentMb" },
      atMost: 300,
    },
    {
      text: "CPU of a getHost over that with 10 routes",
      of: { variant: "100,000 routes", figure: "serverCpuUs" },
      over: { variant: "10 routes", figure: "serverCpuUs" },
      atMost: 1.3,
    },
    {
      text: "answers a second over those with 10 routes",
      of: { variant: "100,000 routes", figure: "answersPerSecond" },
      over: { variant: "10 routes", figure: "answersPerSecond" },
    },
  ],
  charts: [
    {
      name: "many-routes-memory",
      title: "Memory of an agent",
      figure: "residentMb",
      unit: "MB",
    },
    {
      name: "many-routes-cpu",
      title: "CPU of the agent for each getHost",
      figure: "serverCpuUs",
      unit: "µs",
    },
  ],
  open,
};

async function open(bench: BenchOptions): Promise<OpenGroup> {
  const stack = new AsyncDisposableStack();
  try {
    const dns = stack.use(new FakeDns((key) => hostsFor(key, HOSTS)));
    const variant = async (
      { name, list, policy }: { name: string; list: string; policy: string },
    ) => {
      const conf = `[loadbalance]\npolicy = ${policy}\n`;
      const target = stack.use(
        await startAgent({ transport: "batch", dns: dns.address, conf }),
      );
      const routes = parseRoutes(list);
      bench.progress(`many-routes: warming up ${routes.length} routes`);
      await warmUp(target.port, routes);
      const options = ["--ports=3", "--window=16", `--routes=${list}`];
      return {
        name,
        measure: async () => ({
          ...throughput(await runLoad({ target, options, bench })),
          residentMb: residentMb(target.pid),
        }),
      };
    };
    const many = bench.quick ? MANY_QUICK : MANY;
    return {
      variants: [
        await variant({ name: "10 routes", list: FEW, policy: "lars" }),
        await variant({ name: "100,000 routes", list: many, policy: "lars" }),
        await variant({
          name: "100,000 routes, adaptive",
          list: many,
          policy: "adaptive",
        }),
      ],
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
