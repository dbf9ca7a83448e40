import { assertEquals } from "@std/assert";
import { type Key, readKeys } from "./keys.ts";

Deno.test("readKeys() reads arrows in both modes, pages, an escape alone, and text", () => {
  const cases: [string, Key[]][] = [
    ["\x1b[A\x1bOB", ["up", "down"]],
    ["\x1b[5~\x1b[6~", ["pageUp", "pageDown"]],
    ["\x1b[H\x1b[4~", ["home", "end"]],
    ["\x1b", ["escape"]],
    ["\x1b\x1b[A", ["escape", "up"]],
    ["jé", [{ character: "j" }, { character: "é" }]],
    ["\r\x7f\x03\x0c", ["enter", "backspace", "interrupt", "redraw"]],
    // A key of another terminal, and Ctrl-Z.
    ["\x1b[1;5C\x1a", []],
  ];
  for (const [text, keys] of cases) assertEquals(readKeys(text), keys);
});
