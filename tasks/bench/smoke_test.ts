import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { GroupResult } from "./report/results.ts";

const BENCH = fileURLToPath(new URL("../bench.ts", import.meta.url));

/** The cheapest groups that together use echo servers, both transports, the load and charts. */
const GROUPS = ["tail-10k", "tail-idle", "tcp-echo"];

Deno.test({
  name: "deno task bench --quick measures, and writes JSON and charts",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lars-smoke-" });
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", BENCH, ...GROUPS, "--quick"]
          .concat(`--json=${folder}/b.json`, `--charts=${folder}/charts`),
      }).output();
      const output = new TextDecoder().decode(stdout) +
        new TextDecoder().decode(stderr);
      assertEquals(code, 0, output);
      const { groups }: { groups: GroupResult[] } = JSON.parse(
        await Deno.readTextFile(`${folder}/b.json`),
      );
      assertEquals(groups.map(({ group }) => group), GROUPS, output);
      for (const { variants } of groups) {
        for (const { variant, figures } of variants) {
          const rate = figures["answersPerSecond"] ??
            figures["echoesPerSecond"];
          if (rate !== undefined) {
            assertEquals(rate.median > 0, true, variant);
            continue;
          }
          // A service without work may do nothing in so short a time.
          const cpu = figures["dnsCpuMsPerSecond"]!.median;
          assertEquals(cpu >= 0 && cpu < 1_000, true, `${variant}: ${cpu}`);
        }
      }
      const charts = Deno.readDirSync(`${folder}/charts`);
      assertEquals([...charts].map(({ name }) => name).sort(), [
        "tail-10k-p99.svg",
        "tcp-echo.svg",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
