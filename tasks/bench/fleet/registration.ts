import { max, median, quantile } from "simple-statistics";
import { LarsClient } from "../../../api/mod.ts";
import { formatAddress, parseAddress } from "../../../proto/mod.ts";
import { freeTcpPort } from "../../local/free_ports.ts";
import { LocalLars } from "../../local/local_lars.ts";
import { ROOT } from "../../local/services.ts";
import { type Group, groupOf } from "../groups/group.ts";
import type { Figures } from "../report/measurement.ts";

/** Programs that come and leave, one after another. */
const PROGRAMS = 50;
const QUICK_PROGRAMS = 3;

/** Programs that `lars serve` runs, one after another. */
const COMMANDS = 10;
const QUICK_COMMANDS = 1;

/** Longest wait for one of them, in milliseconds. */
const WAIT_MS_MAX = 30_000;

/** Serves the route all the time, as others would. */
const STATIC = parseAddress("10.0.0.1:80");

/** A server that takes no time to start. */
const PROGRAM = `
import socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
while True:
    server.accept()[0].close()
`;

/** From a program's word to callers, both ways. */
export const registration: Group = groupOf({
  name: "registration",
  title: "Programs that register themselves, until an agent picks them",
  goals: [{
    text: "the longest until a program of lars serve is picked, ms",
    of: { variant: "lars serve", figure: "pickedMaxMs" },
    atMost: 300,
  }],
  variants: ({ quick }) => [
    {
      name: "client.serve",
      measure: () => measureClient(quick ? QUICK_PROGRAMS : PROGRAMS),
    },
    {
      name: "lars serve",
      measure: () => measureCommand(quick ? QUICK_COMMANDS : COMMANDS),
    },
  ],
});

/** Services on an embedded store, with an agent that takes registrations. */
function start(): Promise<LocalLars> {
  return LocalLars.start({
    routes: [{ modId: 1, cmdId: 1, ...STATIC }],
    conf: {
      agent: "[register]\nenabled = on\nadvertise = 127.0.0.1\n",
    },
    print: () => {},
  });
}

/** From the call of `serve` until a pick, and of `close` until there is none. */
async function measureClient(programs: number): Promise<Figures> {
  await using lars = await start();
  await using client = LarsClient.open({ agent: lars.agent });
  const pickedMs: number[] = [];
  const goneMs: number[] = [];
  for (let index = 0; index < programs; index++) {
    const port = 10_000 + index;
    const startMs = performance.now();
    const options = { modId: 1, cmdId: 1, port, drainMs: 0 };
    const instance = await client.serve(options);
    await waitForPick(client, port);
    pickedMs.push(performance.now() - startMs);
    const leaveMs = performance.now();
    const closed = instance.close();
    await waitForEnd(client);
    goneMs.push(performance.now() - leaveMs);
    await closed;
  }
  return {
    pickedP50Ms: median(pickedMs),
    pickedMaxMs: max(pickedMs),
    goneP50Ms: median(goneMs),
    goneMaxMs: max(goneMs),
  };
}

/** From when the program listens until a pick. */
async function measureCommand(programs: number): Promise<Figures> {
  await using lars = await start();
  await using client = LarsClient.open({ agent: lars.agent });
  const pickedMs: number[] = [];
  for (let index = 0; index < programs; index++) {
    const port = freeTcpPort();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-net", "--allow-read"],
        ...["--allow-write", "--allow-run", `${ROOT}api/cli/main.ts`],
        ...["serve", "1", "1", "--port", String(port), "--drain", "1s"],
        ...["--agent", `127.0.0.1:${lars.agent.port}`],
        ...["--", "python3", "-c", PROGRAM, String(port)],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await waitForPort(port);
    const startMs = performance.now();
    await waitForPick(client, port);
    pickedMs.push(performance.now() - startMs);
    child.kill("SIGTERM");
    await child.status;
    await waitForEnd(client);
  }
  return {
    pickedP50Ms: median(pickedMs),
    pickedP90Ms: quantile(pickedMs, 0.9),
    pickedMaxMs: max(pickedMs),
  };
}

async function waitForPort(port: number): Promise<void> {
  await waitFor(`a server at port ${port}`, async () => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch {
      return false;
    }
  });
}

/** Waits until the agent picks the host at this port. */
async function waitForPick(client: LarsClient, port: number): Promise<void> {
  await waitFor(`a pick of port ${port}`, async () => {
    const outcome = await client.getHost(1, 1);
    if (outcome.state !== "found") return false;
    const { host } = outcome;
    await client.report(1, 1, { host, returnCode: 0 });
    return formatAddress(host) === `127.0.0.1:${port}`;
  });
}

/** Waits until the agent has the static host alone. */
async function waitForEnd(client: LarsClient): Promise<void> {
  await waitFor("the end of the program at the agent", async () => {
    const route = await client.getRoute(1, 1);
    return route.state === "found" && route.hosts.length === 1;
  });
}

async function waitFor(
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!await look()) {
    if (performance.now() > endMs) {
      throw new Error(`${what}: not within ${WAIT_MS_MAX} ms`);
    }
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
