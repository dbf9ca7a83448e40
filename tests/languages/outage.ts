import { assertEquals } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { row } from "../support/processes.ts";
import { CallLoop } from "./call_loop.ts";

/** The hosts of (1, 1); programs fail their calls to the last. */
const HOSTS = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
const FAILING = HOSTS[2]!;

/** Calls of each program while the agent is away: 5 s of them. */
const CALLS_AWAY = 5_000;

/** Calls over which a host's share is looked at. */
const SHARE_CALLS = 500;

/** Largest share of the host that fails, once it is found out; a fair one is 0.33. */
const FAILING_SHARE_MAX = 0.2;

/**
 * Runs programs in other languages against an agent, of whose hosts one fails,
 * and kills the agent under their calls: not a call may be without a host.
 */
export async function testOutage(
  programs: readonly (readonly string[])[],
  env: Record<string, string> = {},
): Promise<void> {
  await using lars = await LocalLars.start({
    routes: HOSTS.map((host) => row(1, 1, host)),
    print: () => {},
  });
  const { agent } = lars;
  await using loops = new AsyncDisposableStack();
  const running = programs.map((program) =>
    loops.use(new CallLoop([...program, FAILING], { agent, env }))
  );
  for (const loop of running) await untilEjected(loop);

  await lars.stopService("agent", "SIGKILL");
  for (const loop of running) {
    await loop.until(
      "5 s of calls without an agent",
      ({ standIns, up }) => standIns > CALLS_AWAY && !up,
    );
  }
  await lars.startService("agent");
  for (const loop of running) {
    await loop.until("the agent is back", ({ up }) => up);
    await untilEjected(loop);
    const { calls, noHost, hosts } = await loop.stop();
    assertEquals(noHost, [], `of ${calls} calls`);
    assertEquals(Object.keys(hosts).sort(), HOSTS);
  }
}

/** Waits until the host that fails gets few calls. */
async function untilEjected(loop: CallLoop): Promise<void> {
  let from = loop.progress;
  await loop.until("the failing host is found out", (to) => {
    const calls = to.calls - from.calls;
    if (calls < SHARE_CALLS) return false;
    const failing = (to.hosts[FAILING] ?? 0) - (from.hosts[FAILING] ?? 0);
    from = to;
    return failing < calls * FAILING_SHARE_MAX;
  });
}
