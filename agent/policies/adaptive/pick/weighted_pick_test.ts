import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../../../net/testing/mod.ts";
import { AdaptiveHosts } from "../hosts.ts";
import { Xorshift } from "./random.ts";
import { WeightedSampler } from "./weighted_pick.ts";
import { NO_HOST } from "../../balancer.ts";

const DRAWS = 100_000;

function shares(weights: readonly number[]): number[] {
  const hosts = new AdaptiveHosts();
  const rows = weights.map((weight, row) => {
    hosts.ensure(row);
    hosts.weight[row] = weight;
    return row;
  });
  const sampler = new WeightedSampler();
  sampler.set(rows, hosts);
  const random = new Xorshift(seededRandom(1));
  const counts = weights.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    counts[rows.indexOf(sampler.draw(random))]! += 1;
  }
  return counts.map((count) => count / DRAWS);
}

for (
  const weights of [
    [100],
    [100, 100, 100],
    [1, 2, 3, 4],
    [10_000, 1, 1],
    [25, 100, 25, 100, 50],
  ]
) {
  Deno.test(`WeightedSampler draws hosts of weights ${weights.join(", ")} in proportion`, () => {
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    shares(weights).forEach((share, index) =>
      assert(Math.abs(share - weights[index]! / all) < 0.01)
    );
  });
}

Deno.test("WeightedSampler draws NO_HOST from no hosts", () => {
  const sampler = new WeightedSampler();
  assertEquals(sampler.draw(new Xorshift(seededRandom(1))), NO_HOST);
});

Deno.test("Xorshift is even, whatever its seed is", () => {
  for (const first of [0, 0.5, 0.618033988, 0.999999]) {
    const random = new Xorshift(() => first);
    let sum = 0;
    for (let draw = 0; draw < DRAWS; draw++) sum += random.share();
    assert(Math.abs(sum / DRAWS - 0.5) < 0.01);
  }
});
