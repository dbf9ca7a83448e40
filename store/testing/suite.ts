import type { StoreFixture, TestBody } from "./fixture.ts";
import { administrationTests } from "./groups/administration.ts";
import { attributeTests } from "./groups/attributes.ts";
import { closingTests } from "./groups/closing.ts";
import { drainTests } from "./groups/drains.ts";
import { editTests } from "./groups/edits.ts";
import { feedTests } from "./groups/feeds.ts";
import { historyTests } from "./groups/history.ts";
import { exactHistoryTests } from "./groups/history_exact.ts";
import { identityTests } from "./groups/identities.ts";
import { instanceTests } from "./groups/instances.ts";
import { scanTests } from "./groups/scans.ts";
import { statusTests } from "./groups/statuses.ts";

const GROUPS = [
  editTests,
  attributeTests,
  drainTests,
  feedTests,
  identityTests,
  scanTests,
  statusTests,
  historyTests,
  exactHistoryTests,
  administrationTests,
  instanceTests,
  closingTests,
];

/** Defines the tests that every store must pass; each opens a fixture of its own. */
export function testStore(
  open: () => Promise<StoreFixture>,
  { name, test = Deno.test }: {
    /** Begins the name of each test. */
    name: string;
    /** Defines one test. */
    test?: (name: string, fn: () => Promise<void>) => void;
  },
): void {
  for (const [sentence, body] of GROUPS.flatMap(Object.entries<TestBody>)) {
    test(`${name}: ${sentence}`, async () => {
      await using fixture = await open();
      await body(fixture);
    });
  }
}
