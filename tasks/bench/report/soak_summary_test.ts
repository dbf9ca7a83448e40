import { assert, assertEquals } from "@std/assert";
import { type Sample, summary, sumOfDrops } from "./soak_summary.ts";

/** Samples of an hour, all alike but for what `change` says. */
function samplesOfAnHour(change: (sample: Sample, index: number) => void) {
  return Array.from({ length: 360 }, (_, index) => {
    const sample: Sample = {
      elapsedSeconds: (index + 1) * 10,
      answersPerSecond: 100_000,
      serverCpuUs: 5,
      p50Us: 100,
      p99Us: 400,
      p999Us: 900,
      lost: 0,
      agentMb: 150,
      dnsMb: 80,
      reporterMb: 110,
      kernelDrops: 0,
      ownDrops: 0,
    };
    change(sample, index);
    return sample;
  });
}

const TOTAL = { seconds: 3_600, answers: 360e6, lost: 0, maxUs: 5_000 };

Deno.test("summary() of a flat hour finds no growth, whatever happens at its start", () => {
  const samples = samplesOfAnHour((sample, index) => {
    if (index < 20) sample.agentMb = 50 + index;
    if (index % 50 === 0) sample.p99Us = 20_000;
  });
  const figures = summary(TOTAL, samples);
  assertEquals(figures["agentMb"], 150);
  assertEquals(figures["agentMbGrowth"], 0);
  assertEquals(figures["p99UsGrowth"], 0);
  assertEquals(figures["kernelDropsPerMillion"], 0);
});

Deno.test("summary() sees a leak of 30 MB in an hour, and what was dropped and lost", () => {
  const samples = samplesOfAnHour((sample, index) => {
    sample.agentMb += 30 * index / 360;
    sample.kernelDrops = index;
  });
  const figures = summary({ ...TOTAL, lost: 720 }, samples);
  assert(Math.abs(figures["agentMbGrowth"]! - 27.5 / 166) < 0.005);
  assertEquals(figures["lostPerMillion"], 2);
  assertEquals(figures["kernelDropsPerMillion"], 359 / 360);
});

Deno.test("sumOfDrops() adds what a service dropped, cut or could not send", () => {
  const metrics = `# HELP lars_agent_datagrams_dropped_total x
# TYPE lars_agent_datagrams_dropped_total counter
lars_agent_datagrams_dropped_total{reason="forward"} 3
lars_agent_datagrams_dropped_total{reason="not_sent"} 4
lars_agent_datagrams_dropped_total{reason="system"} 500
lars_agent_forwards_dropped_total 3
lars_agent_cut_answers_total 2
lars_agent_evicted_routes_total 1
lars_agent_requests_total 1000
lars_dns_routes 30
`;
  assertEquals(sumOfDrops(metrics), 10);
});
