/**
 * `lars top` on a terminal of the system: it takes the screen and the keys, and
 * gives them back.
 *
 * @module
 */
import { assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../../tasks/local/services.ts";
import { makeStore } from "../../support/processes.ts";

/** Sequences that take another screen, and give the first one back. */
const TAKEN = "\x1b[?1049h";
const GIVEN_BACK = "\x1b[?1049l";

/** Runs `lars top` on a terminal of 24 lines of 80 until `end` has ended it; returns all that was shown. */
async function watch(
  folder: string,
  end: (shell: { type: (text: string) => Promise<void> }) => Promise<void>,
): Promise<string> {
  const top =
    `${Deno.execPath()} run --no-prompt --allow-net --allow-read --allow-write api/cli/main.ts top --data ${folder}`;
  const child = new Deno.Command("script", {
    args: [
      "-qefc",
      `stty rows 24 cols 80; ${top}; echo "ended with $?"; stty -a`,
      "/dev/null",
    ],
    cwd: ROOT,
    env: { TERM: "xterm", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const type = (text: string) => keyboard.write(new TextEncoder().encode(text));
  let shown = "";
  let isEnded = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text;
    // The last line of the first picture.
    if (isEnded || !shown.includes("q quit")) continue;
    isEnded = true;
    await end({ type });
  }
  await child.status;
  await keyboard.close().catch(() => {});
  return shown;
}

/** The process that runs `lars top` on this store. */
async function findTop(folder: string): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`)
      .catch(() => "");
    const words = line.split("\0");
    if (words[0] === Deno.execPath() && words.includes(folder)) {
      return Number(name);
    }
  }
  throw new Error("There is no such process");
}

function assertGivenBack(shown: string): void {
  const [, after = ""] = shown.split(GIVEN_BACK);
  assertStringIncludes(shown, TAKEN);
  assertStringIncludes(shown, "no data: no agent has reported calls");
  assertStringIncludes(after, "ended with 0");
  assertMatch(after, / icanon .* echo /s);
}

Deno.test({
  name:
    "lars top gives the terminal back, by a key and when it is told to stop",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    await makeStore(folder);
    assertGivenBack(await watch(folder, ({ type }) => type("jq")));
    assertGivenBack(
      await watch(folder, async () => {
        Deno.kill(await findTop(folder), "SIGTERM");
      }),
    );
    await Deno.remove(folder, { recursive: true });
  },
});
