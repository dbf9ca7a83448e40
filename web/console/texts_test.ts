import { assert, assertEquals } from "@std/assert";
import { BROWSER_FILES } from "./browser_files.ts";
import englishAbout from "./browser/texts/en/about.js";
import englishAccess from "./browser/texts/en/access.js";
import englishActions from "./browser/texts/en/actions.js";
import englishAlarms from "./browser/texts/en/alarms.js";
import englishChange from "./browser/texts/en/change.js";
import englishCommon from "./browser/texts/en/common.js";
import englishFirst from "./browser/texts/en/first.js";
import englishFleet from "./browser/texts/en/fleet.js";
import englishHost from "./browser/texts/en/host.js";
import englishNow from "./browser/texts/en/now.js";
import englishPast from "./browser/texts/en/past.js";
import englishRoutes from "./browser/texts/en/routes.js";
import chineseAbout from "./browser/texts/zh/about.js";
import chineseAccess from "./browser/texts/zh/access.js";
import chineseActions from "./browser/texts/zh/actions.js";
import chineseAlarms from "./browser/texts/zh/alarms.js";
import chineseChange from "./browser/texts/zh/change.js";
import chineseCommon from "./browser/texts/zh/common.js";
import chineseFirst from "./browser/texts/zh/first.js";
import chineseFleet from "./browser/texts/zh/fleet.js";
import chineseHost from "./browser/texts/zh/host.js";
import chineseNow from "./browser/texts/zh/now.js";
import chinesePast from "./browser/texts/zh/past.js";
import chineseRoutes from "./browser/texts/zh/routes.js";

type Text = string | { one: string; other: string };
type Catalogue = Readonly<Record<string, Text>>;

/** Of each part the catalogue in every language, English first. */
const PARTS: readonly (readonly [Catalogue, ...Catalogue[]])[] = [
  [englishAbout, chineseAbout],
  [englishAccess, chineseAccess],
  [englishActions, chineseActions],
  [englishAlarms, chineseAlarms],
  [englishChange, chineseChange],
  [englishCommon, chineseCommon],
  [englishFirst, chineseFirst],
  [englishFleet, chineseFleet],
  [englishHost, chineseHost],
  [englishNow, chineseNow],
  [englishPast, chinesePast],
  [englishRoutes, chineseRoutes],
];

/** Keys that are put together: the words behind these prefixes are the API's or a list's. */
const OPEN_PREFIXES =
  /^(instanceState|reason|event|callerState|consequence|problem|theme|column|diff|routes|stateFilter|sortFilter|kept)\./;

function placeholders(text: Text): string[] {
  const forms = typeof text === "string" ? [text] : Object.values(text);
  const names = forms.flatMap((form) =>
    [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  );
  return [...new Set(names)].sort();
}

/** Code of the pages but one, or of what changes something, which is loaded later. */
function codeOf(part: "pages" | "actions", but?: string): string {
  const isAction = (path: string) =>
    /^(actions\/|action\.|command\.)/.test(path);
  return Object.entries(BROWSER_FILES)
    .filter(([path]) =>
      !path.startsWith("texts/") && path !== but &&
      isAction(path) === (part === "actions")
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

Deno.test("every text is used, in the code that has it loaded", () => {
  const [pages, actions] = [codeOf("pages"), codeOf("actions")];
  const parts = [
    { texts: englishCommon, code: pages },
    { texts: englishActions, code: actions, elsewhere: pages },
    { texts: englishPast, code: pages },
    ...Object.entries({
      about: englishAbout,
      access: englishAccess,
      alarms: englishAlarms,
      change: englishChange,
      first: englishFirst,
      fleet: englishFleet,
      host: englishHost,
      now: englishNow,
      routes: englishRoutes,
    }).map(([page, texts]) => {
      const file = `pages/${page}.js`;
      return {
        texts,
        code: BROWSER_FILES[file]!,
        elsewhere: codeOf("pages", file),
      };
    }),
  ];
  for (const { texts, code, elsewhere = "" } of parts) {
    for (const key of Object.keys(texts)) {
      assert(!elsewhere.includes(`"${key}"`), key);
      if (OPEN_PREFIXES.test(key)) continue;
      assert(code.includes(`"${key}"`), key);
    }
  }
});

Deno.test("no text is in two catalogues", () => {
  const keys = PARTS.flatMap(([english]) => Object.keys(english));
  assertEquals(keys.length, new Set(keys).size);
});
