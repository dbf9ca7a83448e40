import { POLICY_NAMES } from "../../../agent/mod.ts";
import { runScript } from "../programs/child.ts";
import { type Group, groupOf } from "./group.ts";
import type { Figures } from "../report/measurement.ts";

const HOSTS = [10, 1_000];

/** The judge's policies that others ship, as it has them. */
const PEERS = ["envoy", "grpc", "finagle", "brpc", "prequal"];

/** Cost of a policy alone, by the number of hosts of a route. */
export const pick: Group = groupOf({
  name: "pick",
  title: "A pick and a report by a policy alone, every host well",
  goals: HOSTS.flatMap((hosts) => {
    const over = (figure: string) => ({
      of: { variant: `adaptive, ${hosts} hosts`, figure },
      over: { variant: `lars, ${hosts} hosts`, figure },
    });
    return [
      {
        text: `${hosts} hosts: a pick of adaptive over one of lars`,
        ...over("pickNs"),
        atMost: 2,
      },
      { text: `${hosts} hosts: with its report`, ...over("pairNs") },
    ];
  }),
  charts: [
    {
      name: "pick",
      title: "Time of a pick",
      figure: "pickNs",
      unit: "ns",
      muted: PEERS,
      logarithmic: true,
    },
    {
      name: "pick-pair",
      title: "Time of a pick and its report",
      figure: "pairNs",
      unit: "ns",
      muted: PEERS,
      logarithmic: true,
    },
  ],
  variants: ({ seconds, warmUpSeconds }) =>
    HOSTS.flatMap((hosts) =>
      [...POLICY_NAMES, ...PEERS].map((policy) => ({
        name: `${policy}, ${hosts} hosts`,
        measure: () =>
          runScript<Figures>("programs/pick.ts", {
            args: [policy, hosts, seconds, warmUpSeconds].map(String),
          }),
      }))
    ),
});
