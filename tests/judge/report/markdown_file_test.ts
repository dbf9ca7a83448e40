import { assertEquals } from "@std/assert";
import { BEGIN, END, insertScorecard } from "./markdown_file.ts";

Deno.test("insertScorecard() replaces what is between the marks, and nothing else", () => {
  const text = `before\n${BEGIN}\nold\n${END}\nafter\n`;
  const once = insertScorecard(text, "| new |\n");
  assertEquals(once, `before\n${BEGIN}\n\n| new |\n\n${END}\nafter\n`);
  assertEquals(insertScorecard(once, "| new |\n"), once);
});

Deno.test("insertScorecard() writes the scorecard alone where there are no marks", () => {
  assertEquals(insertScorecard("something else", "| new |\n"), "| new |\n");
});
