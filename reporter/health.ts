import type { HealthCheck } from "../net/mod.ts";

/** Whether a reporter can do its work: write to its store. `probe` tells why it cannot. */
export async function reporterHealth(
  { probe, rowsHeld }: {
    probe: () => Promise<string | undefined>;
    rowsHeld: number;
  },
): Promise<HealthCheck[]> {
  const failure = await probe();
  return [{
    check: "store",
    ok: failure === undefined,
    reason: failure === undefined
      ? "it answers"
      : `${failure}; ${rowsHeld} statuses wait`,
  }];
}
