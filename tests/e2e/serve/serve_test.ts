/** Programs that `lars serve` runs, on machines of a network of their own. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runLars, type RunningDeno } from "../../support/processes.ts";
import { nowMs, progress } from "../../support/wait.ts";
import { Fleet, sum } from "./fleet.ts";

/** Failed calls that a dead program, or a dead machine, may cost each caller. */
const FAILURES_MAX = 3;

/** Where programs listen. */
const PORT = 8080;

Deno.test("a program that lars serve runs comes, leaves under load without a failed call, outlives a cut cable, and dies with few", async () => {
  const started = await Fleet.start({ hostsMin: 2 });
  if (typeof started === "string") return console.log(`skipped: ${started}`);
  await using fleet = started;
  const { server, callers: [other] } = fleet;
  const hosts = {
    first: `${server.ip}:${PORT}`,
    second: `${other!.ip}:${PORT}`,
  };
  const { first, second } = hosts;
  const one = fleet.serve(server, PORT);
  const two = fleet.serve(other!, PORT);
  await fleet.assertServed(first, second);
  for (const host of [first, second]) await fleet.hasCalled(host);
  await endInOrder(fleet, one);
  await fleet.hasCalled(second);
  assertEquals(fleet.failures(), 0, fleet.explain());

  const three = fleet.serve(server, PORT);
  const [, ms] = await three.printed(/called (\d+) ms after it began/);
  progress(`picked ${ms} ms after it listened`);
  await fleet.hasCalled(first);
  await removeByHand(fleet, hosts);
  await fleet.hasCalled(first);
  await cutOff(fleet, hosts);
  await die(fleet, { program: three, second });
  two.kill("SIGTERM");
  // The last host of the route, while its callers go on.
  assertEquals(await two.ended(), 143, two.output);
  await fleet.assertServed();
});

/** A person's word holds, and ends. */
async function removeByHand(
  fleet: Fleet,
  { first, second }: { first: string; second: string },
): Promise<void> {
  const options = fleet.storeOptions;
  await lars("instances", "remove", "1", "1", first, ...options);
  await fleet.assertServed(second);
  const listed = await lars("instances", ...options);
  assertMatch(listed, new RegExp(`${first} +removed by hand `));
  assertMatch(listed, new RegExp(`${second} +served .*renewed`));
  await lars("host", "undrain", first, "1", "1", ...options);
  await fleet.assertServed(first, second);
}

/** SIGTERM: the program is passed it when nobody calls it any more. */
async function endInOrder(fleet: Fleet, program: RunningDeno): Promise<void> {
  const before = fleet.calls();
  const startMs = nowMs();
  program.kill("SIGTERM");
  // 128 and SIGTERM.
  assertEquals(await program.ended(), 143, program.output);
  const seconds = (nowMs() - startMs) / 1_000;
  const rate = Math.round((fleet.calls() - before) / seconds);
  progress(
    `SIGTERM: ended after ${
      seconds.toFixed(1)
    } s, among ${rate} calls a second`,
  );
}

/** A machine whose cable is pulled is out at callers, stays in the store, and is back with the cable. */
async function cutOff(
  fleet: Fleet,
  { first, second }: { first: string; second: string },
): Promise<void> {
  const { network, server } = fleet;
  const registrations = fleet.agentLines(server, /program registered/).length;
  const startMs = nowMs();
  const failures = await fleet.failuresDuring(async () => {
    await network.cut(server);
    // Calls that are under way wait in vain; when they give up, it is out.
    await fleet.hasFailed();
    await fleet.isCalledInOrder();
    await fleet.assertServed(first, second);
  });
  const cutMs = Math.round(nowMs() - startMs);
  assertFew(failures, `cut: out after ${cutMs} ms`);
  await network.heal(server);
  await fleet.hasCalled(first);
  const backMs = Math.round(nowMs() - startMs - cutMs);
  progress(`healed: called again after ${backMs} ms`);
  await fleet.assertServed(first, second);
  assertEquals(
    fleet.agentLines(server, /program registered/).length,
    registrations,
  );
}

/** SIGKILL of the program that `lars serve` runs on the server. */
async function die(
  fleet: Fleet,
  { program, second }: { program: RunningDeno; second: string },
): Promise<void> {
  const failures = await fleet.failuresDuring(async () => {
    Deno.kill(await fleet.programOn(fleet.server), "SIGKILL");
    assertEquals(await program.ended(), 137, program.output);
    await fleet.assertServed(second);
    await fleet.isCalledInOrder();
  });
  assertFew(failures, "SIGKILL");
}

/** No caller has failed often; says how often those of each machine have. */
function assertFew(failures: readonly number[][], what: string): void {
  const most = Math.max(...failures.flat());
  progress(
    `${what}: ${
      failures.map(sum).join(", ")
    } failed calls at the machines, at most ${most} of a caller`,
  );
  assert(most <= FAILURES_MAX, `${what}: ${most} failed calls of a caller`);
}

/** Runs `lars`; returns what it printed. */
async function lars(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runLars(args);
  assertEquals(code, 0, stderr);
  return stdout;
}
