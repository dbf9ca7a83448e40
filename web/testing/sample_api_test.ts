import { assertEquals } from "@std/assert";
import { SAMPLE_PATHS, sampleAnswer } from "./sample_api.ts";
import { WebFixture } from "./web_fixture.ts";

Deno.test("every sample is as its operation says", async () => {
  await using fixture = await WebFixture.open();
  for (
    const [method, path, status] of [
      ...SAMPLE_PATHS.map((path) => ["GET", path, 200] as const),
      ["POST", "/changes?dryRun=1", 200],
      ["PUT", "/hosts/10.0.3.17/drain?dryRun=1", 200],
      ["PUT", "/hosts/10.0.3.17/drain", 202],
      ["POST", "/tokens", 201],
      ["DELETE", "/routes/1/7/instances/10.0.3.17:80?dryRun=1", 200],
      ["POST", "/leases/gone?dryRun=1", 200],
    ] as const
  ) {
    const { answers } = fixture.operationOf(method, path)!;
    const body = await sampleAnswer(method, path).json();
    const result = answers[status]!.schema!.safeParse(body);
    assertEquals(result.error?.issues ?? [], [], `${method} ${path}`);
  }
});
