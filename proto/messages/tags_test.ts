import { assertEquals } from "@std/assert";
import * as tags from "./tags.ts";

const WIRE_TYPES: Readonly<Record<string, number>> = {
  uint32: 0,
  uint64: 0,
  int32: 0,
  bool: 0,
  string: 2,
  bytes: 2,
};

/** Field tags of each message of lars.proto, by name. */
function declaredTags(proto: string): Record<string, Record<string, number>> {
  const messages = proto.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm);
  return Object.fromEntries([...messages].map(([, name, fields]) => [
    name,
    Object.fromEntries(
      [...fields!.matchAll(/^ {2}(repeated )?(\w+) (\w+) = (\d+);/gm)].map((
        [, repeated, type, field, number],
      ) => {
        const wireType = repeated ? 2 : WIRE_TYPES[type!] ?? 2;
        return [field, Number(number) << 3 | wireType];
      }),
    ),
  ]));
}

Deno.test("tags are those of lars.proto, for every field of each message", async () => {
  const proto = await Deno.readTextFile(
    new URL("../lars.proto", import.meta.url),
  );
  const declared = declaredTags(proto);
  for (const [name, written] of Object.entries(tags)) {
    assertEquals<unknown>(written, declared[name.replace(/Tag$/, "")], name);
  }
});
