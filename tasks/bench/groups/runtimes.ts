import {
  provideRuntimes,
  type Runtime,
} from "../../../tests/runtimes/runtimes.ts";
import { fileURLToPath } from "node:url";
import { FakeDns, hostsFor } from "../programs/fake_dns.ts";
import type { Figures } from "../report/measurement.ts";
import { startAgent, warmUp } from "./agent_target.ts";
import type { BenchOptions, Goal, Group, OpenGroup } from "./group.ts";

const HOSTS = 10;
const IN_FLIGHT = [1, 64];
const FOLDER = fileURLToPath(new URL("../", import.meta.url));
/** What the others are compared with. */
const BASE = "Deno with --unstable-net";
const OTHERS = ["Deno", "Node 22", "Node 24", "Bun"];

/** The client on each runtime that it is for; one that is not installed is left out. */
export const runtimes: Group = {
  name: "runtimes",
  title:
    "LarsClient on each runtime, getHost + report, by how many are in flight",
  onlyByName: true,
  goals: OTHERS.map((name): Goal => ({
    text: `64 in flight: CPU a pair, ${name} over Deno.listenDatagram`,
    of: { variant: `${name}, 64`, figure: "clientCpuUs" },
    over: { variant: `${BASE}, 64`, figure: "clientCpuUs" },
    atMost: 1.3,
  })),
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
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    stack.defer(() => Deno.remove(file));
    const program = `${FOLDER}programs/runtime_client.ts`;
    await run([Deno.execPath(), "bundle", "--quiet", "-o", file, program]);
    const { seconds, warmUpSeconds } = bench;
    const present = (await provideRuntimes()).filter((runtime) => {
      const { name, missing } = runtime;
      if (missing !== undefined) bench.progress(`${name}: ${missing}`);
      return missing === undefined;
    });
    const measure = async ({ command }: Runtime, inFlight: number) => {
      const args = [agent.port, inFlight, seconds, warmUpSeconds].map(String);
      const output = await run([...command, file, ...args]);
      return JSON.parse(output) as Figures;
    };
    return {
      variants: present.flatMap((runtime) =>
        IN_FLIGHT.map((inFlight) => ({
          name: `${runtime.name}, ${inFlight}`,
          measure: () => measure(runtime, inFlight),
        }))
      ),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** What a command prints. @throws {Error} If it fails. */
async function run([program, ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program!, {
    args,
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const reason = new TextDecoder().decode(stderr).trim().slice(-1_000);
  throw new Error(`Cannot measure as ${program} failed: ${reason}`);
}
