import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

/** Folder of the modules that run in a browser. */
const BROWSER = fileURLToPath(new URL("browser/", import.meta.url));

/** What the checker says of modules, with the types of a browser. */
async function check(entries: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "check",
      `--config=${BROWSER}types.json`,
      `--import-map=${
        fileURLToPath(new URL("../../deno.json", import.meta.url))
      }`,
      "--no-lock",
      ...entries,
    ],
    env: { NO_COLOR: "1" },
  });
  const { stderr } = await command.output();
  return new TextDecoder().decode(stderr);
}

Deno.test("modules of the pages fit each other and the shapes of the API", async () => {
  const pages = [...Deno.readDirSync(`${BROWSER}pages`)].map(({ name }) =>
    `${BROWSER}pages/${name}`
  );
  const found = await check([`${BROWSER}main.js`, ...pages]);
  // A generated module is no business of this one, and has its own types.
  const errors = found.split(/(?=^TS\d+ )/m).slice(1).filter((error) =>
    error.includes("/web/console/browser/")
  );
  assertStringIncludes(found, `Check `);
  assertEquals(errors.join("\n"), "");
});
