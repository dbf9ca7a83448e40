import { assertEquals } from "@std/assert";
import { loggerOf, StandingCondition } from "../../net/mod.ts";
import { recordLogs } from "../../net/testing/mod.ts";
import { StoreTroubles } from "./store_troubles.ts";

function condition(what: string): StandingCondition {
  return new StandingCondition({
    logger: loggerOf("reporter"),
    level: "error",
    begins: `cannot write ${what}`,
    ends: `writing ${what} again`,
  });
}

/** Sentences of the log since the last call. */
function toldBy({ lines }: { lines: string[] }): string[] {
  return lines.splice(0).map((line) =>
    line.replace(/^.*?reporter: /, "").replace(/ error=.*/, "")
  );
}

/** An error of a write, of which the cause is what the message has from the path on. */
function failure(what: string, cause: string): Error {
  return new Error(`Cannot write ${what} to store "/lars.db" as ${cause}`);
}

Deno.test("StoreTroubles tells a cause that two parts have once, and of each again what it alone has", () => {
  using logs = recordLogs();
  const told = () => toldBy(logs);
  const troubles = new StoreTroubles();
  const statuses = condition("statuses");
  const history = condition("history");
  troubles.begin(statuses, failure("statuses", "there is none"));
  for (let attempt = 0; attempt < 3; attempt++) {
    troubles.begin(history, failure("calls", "there is none"));
  }
  assertEquals(told(), ["cannot write statuses"]);
  // It lasts for one of them.
  troubles.end(statuses);
  troubles.begin(history, failure("calls", "there is none"));
  assertEquals(told(), ["writing statuses again", "cannot write history"]);
  troubles.begin(statuses, failure("statuses", "the disk is full"));
  troubles.end(history);
  troubles.end(statuses);
  assertEquals(told(), [
    "cannot write statuses",
    "writing history again",
    "writing statuses again",
  ]);
  // What was not told to begin is not told to end.
  troubles.begin(history, failure("calls", "it is locked"));
  troubles.begin(statuses, failure("statuses", "it is locked"));
  troubles.end(statuses);
  troubles.end(history);
  assertEquals(told(), ["cannot write history", "writing history again"]);
});

Deno.test("StoreTroubles tells a cause again when the part that told it is well and others are not", () => {
  using logs = recordLogs();
  const troubles = new StoreTroubles();
  const [a, b, c] = ["a", "b", "c"].map(condition);
  const fail = (part: StandingCondition) =>
    troubles.begin(part, failure("it", "there is none"));
  for (const part of [a!, b!, c!]) fail(part);
  troubles.end(a!);
  for (const part of [b!, c!]) fail(part);
  assertEquals(toldBy(logs), [
    "cannot write a",
    "writing a again",
    "cannot write b",
  ]);
});
