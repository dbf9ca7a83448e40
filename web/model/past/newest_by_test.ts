import { assert, assertEquals } from "@std/assert";
import { newestBy } from "./newest_by.ts";

/** Looks for a time among rows with these ids, each made at ten times its id; counts the rows that it asks for. */
async function look(ids: readonly number[], at: number) {
  let asked = 0;
  const found = await newestBy(at, (before = Infinity) => {
    asked += 1;
    const id = ids.findLast((each) => each < before);
    return Promise.resolve(id === undefined ? id : { id, at: id * 10 });
  });
  return { ...found, asked };
}

Deno.test("newestBy() finds the newest row of a time, whatever ids are left out", async () => {
  const ids = [3, 4, 9, 100, 101, 5_000];
  for (
    const [at, id] of [
      [0, 0],
      [29, 0],
      [30, 3],
      [89, 4],
      [90, 9],
      [999, 9],
      [1_000, 100],
      [49_999, 101],
      [50_000, 5_000],
      [99_999, 5_000],
    ] as const
  ) {
    const found = await look(ids, at);
    assertEquals([found.id, found.newest], [id, 5_000], `at ${at}`);
  }
  assertEquals((await look([], 1)).id, 0);
});

Deno.test("newestBy() asks for few rows of a million", async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => 1_000 * (index + 1));
  const { id, asked } = await look(ids, 4_567_890);
  assertEquals(id, 456_000);
  assert(asked <= 22, `${asked} rows`);
});
