import { leaseRun } from "./lease_run.ts";

/** Seeds that once found a bug; each with what it was. */
const FOUND_SEEDS: readonly [seed: number, bug: string][] = [
  [4, "a dns took no registrations any more after its store was read-only"],
  [
    1_286,
    "a lease ended behind a store that was read-only twice, with a moment in between",
  ],
  [
    2_194,
    "leases that agents without their disks had left behind suspended expiry",
  ],
];

/** Random seeds of a run: each takes about 2 s. */
const SEEDS = Number(Deno.env.get("LARS_LEASE_SEEDS") ?? 4);

for (const [seed, bug] of FOUND_SEEDS) {
  Deno.test(`simulation: leases of seed ${seed} hold (once ${bug})`, async () => {
    await leaseRun(seed);
  });
}

for (let seed = 1_000; seed < 1_000 + SEEDS; seed++) {
  Deno.test(`simulation: whatever fails, leases of machines that live stay, those of dead ones go, and a person's rows are left alone (seed ${seed})`, async () => {
    await leaseRun(seed);
  });
}
