import { POLICY_NAMES } from "../../../agent/mod.ts";
import { runScript } from "../programs/child.ts";
import { type Group, groupOf } from "./group.ts";
import type { Figures } from "../report/measurement.ts";

/** Cost of a datagram in a shard alone, by policy: time, and memory for new objects. */
export const shard: Group = groupOf({
  name: "shard",
  title: "A getHost and a report in a shard alone, ten routes of ten hosts",
  variants: ({ seconds, warmUpSeconds }) =>
    POLICY_NAMES.map((policy) => ({
      name: policy,
      measure: () =>
        runScript<Figures>("programs/shard.ts", {
          args: [policy, seconds, warmUpSeconds].map(String),
        }),
    })),
});
