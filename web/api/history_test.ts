import { assertEquals } from "@std/assert";
import { WebFixture } from "../testing/web_fixture.ts";

Deno.test("a history has the periods that are asked for, or those that are kept for so long", async () => {
  await using fixture = await WebFixture.open();
  const at = (daysAgo: number) =>
    new Date((fixture.clock.wallSeconds() - daysAgo * 86_400) * 1_000)
      .toISOString();
  const host = "&host=10.0.0.1:80";
  const table: [query: string, status: number, stepS?: number][] = [
    ["", 200, 60],
    [`?from=${at(3)}`, 200, 3_600],
    [`?from=${at(3)}&to=${at(2.9)}`, 200, 3_600],
    [`?to=${at(1)}`, 200, 60],
    [`?to=${at(1)}${host}`, 200, 600],
    [`?from=${at(3)}&step=60`, 200, 60],
    ["?step=3600", 200, 3_600],
    [`?from=${at(1)}${host}`, 200, 600],
    [`?from=${at(1)}${host}&step=60`, 200, 60],
    [`?step=600${host}`, 200, 600],
    ["?step=600", 400],
    [`?step=3600${host}`, 400],
    ["?step=61", 400],
  ];
  for (const [query, status, stepS] of table) {
    const answer = await fixture.ask({
      path: `/routes/1/1/history${query}`,
      scopes: ["read"],
    });
    assertEquals([answer.status, answer.json.stepS], [status, stepS], query);
  }
});
