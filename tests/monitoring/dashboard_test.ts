import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../tasks/local/services.ts";
import { noPromtool, promtool, skipped } from "./promtool.ts";

/** Columns of Grafana's grid. */
const COLUMNS = 24;

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}

const { panels }: { panels: Panel[] } = JSON.parse(
  await Deno.readTextFile(`${ROOT}conf/dashboard.json`),
);

const charts = panels.filter(({ type }) => type !== "row");

Deno.test("the charts of conf/dashboard.json have room of their own, and something to show", () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    assert(w > 0 && h > 0 && x >= 0 && x + w <= COLUMNS, title);
    for (let cell = 0; cell < w * h; cell++) {
      const at = `${x + cell % w} ${y + Math.floor(cell / w)}`;
      assertEquals(taken.get(at), undefined, `${title} lies on another`);
      taken.set(at, title);
    }
  }
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { title, targets = [] } of charts) {
    assert(targets.length > 0, title);
    const legends = targets.map(({ legendFormat }) => legendFormat);
    assertEquals(new Set(legends).size, targets.length, title);
  }
});

Deno.test("a legend of conf/dashboard.json names labels that its expression keeps", () => {
  for (const { title, targets = [] } of charts) {
    for (const { expr, legendFormat } of targets) {
      const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(", ") ??
        ["instance"];
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert(kept.includes(label!), `${title}: ${label} is not in ${expr}`);
      }
    }
  }
});

Deno.test({
  name: `promtool reads every expression of conf/dashboard.json${skipped}`,
  ignore: noPromtool !== undefined,
  async fn() {
    const rules = charts.flatMap(({ targets = [] }) => targets)
      .map(({ expr }, index) => ({
        record: `chart:${index}`,
        expr: expr.replaceAll("$__rate_interval", "5m"),
      }));
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    await Deno.writeTextFile(
      file,
      JSON.stringify({ groups: [{ name: "charts", rules }] }),
    );
    assertEquals(await promtool(["check", "rules", file]), "");
    await Deno.remove(file);
  },
});
