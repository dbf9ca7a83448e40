import { POLICY_NAMES } from "../../../agent/mod.ts";
import { runScript } from "../programs/child.ts";
import { FakeDns, hostsFor } from "../programs/fake_dns.ts";
import type { Group } from "./group.ts";
import type { Figures } from "../report/measurement.ts";

const HOSTS = 10;

/** getHost + report with the agent inside the program. */
export const embedded: Group = {
  name: "embedded",
  title: "LarsClient.embedded(): getHost + report, ten routes of ten hosts",
  goals: POLICY_NAMES.map((policy) => ({
    text: `${policy}: getHostNow + report, µs`,
    of: { variant: `${policy}, getHostNow`, figure: "pairUs" },
    atMost: 1,
  })),
  charts: [{
    name: "embedded",
    title: "Embedded: time of a getHost + report",
    figure: "pairUs",
    unit: "µs",
  }],
  open({ seconds, warmUpSeconds }) {
    const dns = new FakeDns((key) => hostsFor(key, HOSTS));
    const variants = POLICY_NAMES.flatMap((policy) =>
      ["getHostNow", "await getHost"].map((call) => ({
        name: `${policy}, ${call}`,
        measure: () =>
          runScript<Figures>("programs/embedded.ts", {
            args: [
              dns.address,
              String(seconds),
              String(warmUpSeconds),
              policy,
              call === "getHostNow" ? "now" : "awaited",
            ],
          }),
      }))
    );
    return Promise.resolve({
      variants,
      [Symbol.asyncDispose]: () => dns[Symbol.asyncDispose](),
    });
  },
};
