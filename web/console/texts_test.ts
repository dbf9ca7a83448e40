import { assert, assertEquals } from "@std/assert";
import { BROWSER_FILES } from "./browser_files.ts";
import english from "./browser/texts/en.js";
import chinese from "./browser/texts/zh.js";

type Text = string | { one: string; other: string };

const TEXTS: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  english,
  chinese,
};

/** Keys that are put together: the words behind these prefixes are the API's or a list's. */
const OPEN_PREFIXES =
  /^(reason|event|callerState|consequence|problem|theme|column|diff|routes|stateFilter|sortFilter|scope|alarm)\./;

function placeholders(text: Text): string[] {
  const forms = typeof text === "string" ? [text] : Object.values(text);
  const names = forms.flatMap((form) =>
    [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  );
  return [...new Set(names)].sort();
}

Deno.test("catalogues have the same keys, in order", () => {
  const keys = Object.keys(english);
  assertEquals(Object.keys(chinese), keys);
  assertEquals(keys, keys.toSorted());
});

Deno.test("texts of a key take the same values in every language", () => {
  for (const [key, text] of Object.entries(TEXTS.english!)) {
    assertEquals(placeholders(TEXTS.chinese![key]!), placeholders(text), key);
  }
});

Deno.test("a text with plural forms takes the number that chooses them", () => {
  for (const [language, texts] of Object.entries(TEXTS)) {
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === "string") continue;
      assert(placeholders(text).includes("n"), `${language} ${key}`);
    }
  }
});

Deno.test("every text is used", () => {
  const code = Object.entries(BROWSER_FILES)
    .filter(([path]) => !path.startsWith("texts/"))
    .map(([, text]) => text).join("\n");
  for (const key of Object.keys(english)) {
    if (OPEN_PREFIXES.test(key)) continue;
    assert(code.includes(`"${key}"`), key);
  }
});
