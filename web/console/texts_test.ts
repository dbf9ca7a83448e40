import { assert, assertEquals } from "@std/assert";
import { BROWSER_FILES } from "./browser_files.ts";
import englishPages from "./browser/texts/en.js";
import englishActions from "./browser/texts/en_actions.js";
import chinesePages from "./browser/texts/zh.js";
import chineseActions from "./browser/texts/zh_actions.js";

type Text = string | { one: string; other: string };
type Catalogue = Readonly<Record<string, Text>>;

/** Of each part the catalogue in every language, English first. */
const PARTS: readonly (readonly [Catalogue, ...Catalogue[]])[] = [
  [englishPages, chinesePages],
  [englishActions, chineseActions],
];

/** Keys that are put together: the words behind these prefixes are the API's or a list's. */
const OPEN_PREFIXES =
  /^(instanceState|reason|event|callerState|consequence|problem|theme|column|diff|routes|stateFilter|sortFilter)\./;

function placeholders(text: Text): string[] {
  const forms = typeof text === "string" ? [text] : Object.values(text);
  const names = forms.flatMap((form) =>
    [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  );
  return [...new Set(names)].sort();
}

/** Code of the pages, or of what changes something, which is loaded later. */
function codeOf(part: "pages" | "actions"): string {
  const isAction = (path: string) =>
    /^(actions\/|action\.|command\.)/.test(path);
  return Object.entries(BROWSER_FILES)
    .filter(([path]) =>
      !path.startsWith("texts/") && isAction(path) === (part === "actions")
    )
    .map(([, text]) => text).join("\n");
}

Deno.test("catalogues have the same keys, in order", () => {
  for (const [english, ...others] of PARTS) {
    const keys = Object.keys(english);
    assertEquals(keys, keys.toSorted());
    for (const other of others) assertEquals(Object.keys(other), keys);
  }
});

Deno.test("texts of a key take the same values in every language", () => {
  for (const [english, ...others] of PARTS) {
    for (const [key, text] of Object.entries(english)) {
      for (const other of others) {
        assertEquals(placeholders(other[key]!), placeholders(text), key);
      }
    }
  }
});

Deno.test("a text with plural forms takes the number that chooses them", () => {
  for (const catalogue of PARTS.flat()) {
    for (const [key, text] of Object.entries(catalogue)) {
      if (typeof text === "string") continue;
      assert(placeholders(text).includes("n"), key);
    }
  }
});

Deno.test("every text is used, and pages have what they use at once", () => {
  const [pages, actions] = [codeOf("pages"), codeOf("actions")];
  for (const key of Object.keys(englishPages)) {
    if (OPEN_PREFIXES.test(key)) continue;
    assert(pages.includes(`"${key}"`), key);
  }
  for (const key of Object.keys(englishActions)) {
    assert(!pages.includes(`"${key}"`), key);
    if (OPEN_PREFIXES.test(key)) continue;
    assert(actions.includes(`"${key}"`), key);
  }
});
