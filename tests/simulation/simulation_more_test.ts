import { testSeeds } from "./random_seeds.ts";

testSeeds(500, 999);
