import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Fault, type FaultKind, nothing } from "./faults/fault.ts";
import { type PlannedFault, planRound } from "./schedule.ts";

function fault(name: string, ...takes: string[]): Fault {
  return { name, takes, disturbs: [], begin: nothing, end: nothing };
}

const KINDS: readonly FaultKind[] = [
  { name: "kill", faults: [fault("kill 1", "1"), fault("kill 2", "2")] },
  { name: "stop", faults: [fault("stop 1", "1"), fault("stop 2", "2")] },
  { name: "both", faults: [fault("both", "1", "2")] },
  { name: "bytes", faults: [fault("bytes")] },
];

function plan(options: { seed: number; round?: number; lengthMs?: number }) {
  return planRound(KINDS, { round: 1, lengthMs: 60_000, ...options });
}

function text(planned: readonly PlannedFault[]): string[] {
  return planned.map(({ atMs, lastsMs, fault, choices }) =>
    [fault.name, atMs, lastsMs, choices.between(0, 1)].join()
  );
}

Deno.test("planRound() gives the same faults for the same seed and round, and others for others", () => {
  assertEquals(text(plan({ seed: 7 })), text(plan({ seed: 7 })));
  assertNotEquals(text(plan({ seed: 7 })), text(plan({ seed: 8 })));
  assertNotEquals(text(plan({ seed: 7 })), text(plan({ seed: 7, round: 2 })));
  // A shorter round is the beginning of a longer one.
  const short = text(plan({ seed: 7, lengthMs: 20_000 }));
  assert(short.length > 5);
  assertEquals(short, text(plan({ seed: 7 })).slice(0, short.length));
});

Deno.test("planRound() plans nothing where another fault still is, and no kind far more than another", () => {
  for (let seed = 0; seed < 20; seed++) {
    const planned = plan({ seed });
    for (const [index, { fault, atMs, lastsMs }] of planned.entries()) {
      const during = planned.slice(index + 1)
        .filter((later) => later.atMs < atMs + lastsMs);
      for (const later of during) {
        assertEquals(
          later.fault.takes.filter((what) => fault.takes.includes(what)),
          [],
        );
      }
    }
    for (const { name, faults } of KINDS) {
      const count = planned.filter(({ fault }) =>
        faults.includes(fault)
      ).length;
      assert(count >= 3, `seed ${seed} has ${count} of ${name}`);
    }
  }
});
