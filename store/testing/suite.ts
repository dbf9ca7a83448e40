import { closeTests } from "./close_tests.ts";
import { editTests } from "./edit_tests.ts";
import { feedTests } from "./feed_tests.ts";
import type { StoreFixture, TestBody } from "./fixture.ts";
import { scanTests } from "./scan_tests.ts";
import { statusTests } from "./status_tests.ts";
import { attributeTests } from "./attribute_tests.ts";

export * from "./fixture.ts";

/** Opens a fixture for one test. */
export type OpenFixture = () => Promise<StoreFixture>;

/** What a suite is registered with. */
export interface SuiteOptions {
  /** Begins the name of each test. */
  name: string;
  /** True leaves the suite out. */
  ignore?: boolean;
}

/** Registers the tests that every store must pass. */
export function testStore(open: OpenFixture, options: SuiteOptions): void {
  const groups = [
    editTests,
    attributeTests,
    feedTests,
    scanTests,
    statusTests,
    closeTests,
  ];
  for (const [sentence, body] of groups.flatMap(Object.entries<TestBody>)) {
    Deno.test({
      name: `${options.name}: ${sentence}`,
      ignore: options.ignore ?? false,
      async fn() {
        await using fixture = await open();
        await body(fixture);
      },
    });
  }
}
