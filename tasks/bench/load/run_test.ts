import { assert, assertEquals, assertThrows } from "@std/assert";
import { lars, parseDatagram } from "../../../proto/mod.ts";
import { FakeLoadSocket } from "./fake_socket.ts";
import { parseRoutes } from "./routes.ts";
import { type LoadPlan, LoadRun, LOST_AFTER_US } from "./run.ts";

const SECOND_US = 1_000_000;
const ANSWER_US = 50;

/** A load on a fake agent, for some virtual seconds. */
async function loadFor(
  seconds: number,
  { socket, ...plan }: Partial<LoadPlan> & { socket: FakeLoadSocket },
): Promise<LoadRun> {
  const run = new LoadRun({
    socket,
    plan: {
      routes: parseRoutes("1-3/1"),
      firstPort: 8888,
      ports: 3,
      reports: false,
      ...plan,
    },
    nowUs: () => socket.nowUs,
  });
  await run.until(seconds * SECOND_US);
  await run.drain();
  return run;
}

/** A socket whose load stands still for 100 ms once it is `atUs`. */
function stallingLoad(atUs: number): FakeLoadSocket {
  const socket = new FakeLoadSocket((nowUs) => nowUs + ANSWER_US);
  const receive = socket.receive.bind(socket);
  let stalled = false;
  socket.receive = (waitUs) => {
    if (!stalled && socket.nowUs > atUs) {
      stalled = true;
      socket.nowUs += 100_000;
    }
    return receive(waitUs);
  };
  return socket;
}

/** Answers after 50 µs, but stands still for 100 ms in the middle of the first second. */
function stallingServer(nowUs: number): number {
  const stalled = nowUs >= SECOND_US / 2 && nowUs < SECOND_US / 2 + 100_000;
  return (stalled ? SECOND_US / 2 + 100_000 : nowUs) + ANSWER_US;
}

Deno.test("a stall of 100 ms shows in the percentiles of a load at a fixed rate", async () => {
  const socket = new FakeLoadSocket(stallingServer);
  const { counts } = await loadFor(1, { socket, perSecond: 10_000 });
  assertEquals([counts.answers, counts.lost], [10_000, 0]);
  // A tenth of the requests was due in the stall: they waited 0 to 100 ms.
  const { latencyUs } = counts;
  assert(latencyUs.percentile(50) < 60, "p50");
  assert(latencyUs.percentile(88) < 200, "p88");
  assert(Math.abs(latencyUs.percentile(95) - 50_000) < 2_000, "p95");
  assert(Math.abs(latencyUs.percentile(99) - 90_000) < 2_000, "p99");
  assert(Math.abs(latencyUs.max - 100_000) < 200, "max");
});

Deno.test("a stall of the load itself shows just the same", async () => {
  const socket = stallingLoad(SECOND_US / 2);
  const { counts } = await loadFor(1, { socket, perSecond: 10_000 });
  assertEquals(counts.answers, 10_000);
  const p99Us = counts.latencyUs.percentile(99);
  assert(Math.abs(p99Us - 90_000) < 2_000, `p99 ${p99Us}`);
});

Deno.test("a stall that outlasts the load hides nothing that was due before its end", async () => {
  const socket = stallingLoad(0.95 * SECOND_US);
  const { counts } = await loadFor(1, { socket, perSecond: 10_000 });
  assertEquals([counts.answers, counts.lost], [10_000, 0]);
  // It lasted until 1.05 s: what was due at 0.95 s waited for all of it.
  const { max: maxUs } = counts.latencyUs;
  assert(Math.abs(maxUs - 100_000) < 1_000, `max ${maxUs}`);
});

Deno.test("a load with a window keeps it full at every port", async () => {
  let under = 0;
  let most = 0;
  const socket = new FakeLoadSocket((nowUs) => {
    under += 1;
    most = Math.max(most, under);
    return nowUs + ANSWER_US;
  });
  const receive = socket.receive.bind(socket);
  socket.receive = (waitUs) => {
    const count = receive(waitUs);
    under -= count;
    return count;
  };
  const { counts } = await loadFor(0.01, { socket, window: 16 });
  assertEquals(most, 48);
  assertEquals(counts.answers, 48 * 10_000 / ANSWER_US);
  assertEquals([...socket.ports.keys()].sort(), [8888, 8889, 8890]);
  assertEquals(new Set(socket.ports.values()).size, 1);
});

Deno.test("every answer with a host is followed by a report of its success", async () => {
  const socket = new FakeLoadSocket((nowUs) => nowUs + ANSWER_US);
  const options = { socket, window: 1, ports: 1, reports: true };
  const { counts } = await loadFor(0.001, options);
  assertEquals(counts.reports, counts.answers);
  assertEquals(socket.reports.length, counts.reports);
  const frame = parseDatagram(socket.reports[0]!)!;
  // Only 2/1 belongs to the first port: (2 + 1) mod 3 = 0.
  const { modid, cmdid, host } = lars.ReportRequest.decode(frame.body);
  assertEquals([modid, cmdid, host?.ip, host?.port], [2, 1, 0x0a000001, 80]);
});

Deno.test("what is never answered is lost, and counts as long as was waited for it", async () => {
  let asked = 0;
  const socket = new FakeLoadSocket((nowUs) =>
    ++asked % 10 === 0 ? undefined : nowUs + ANSWER_US
  );
  const { counts } = await loadFor(1, { socket, perSecond: 1_000 });
  assertEquals([counts.answers, counts.lost], [900, 100]);
  assertEquals(counts.latencyUs.count, 1_000);
  // The histogram keeps three digits.
  assertEquals(Math.floor(counts.latencyUs.max / 1_000), LOST_AFTER_US / 1_000);
});

Deno.test("a load refuses routes that leave a port without one", () => {
  const socket = new FakeLoadSocket(() => undefined);
  assertThrows(
    () =>
      new LoadRun({
        socket,
        plan: {
          routes: parseRoutes("1/1"),
          firstPort: 1,
          ports: 3,
          window: 1,
          reports: false,
        },
        nowUs: () => 0,
      }),
    RangeError,
    "each must own one of the routes",
  );
});
