import { assertEquals } from "@std/assert";
import { type Linked, LinkedQueue } from "./linked_queue.ts";

class Letter implements Linked<Letter> {
  previous: Letter | undefined;
  next: Letter | undefined;
  constructor(readonly name: string) {}
}

function queueOf(names: string): [LinkedQueue<Letter>, Map<string, Letter>] {
  const queue = new LinkedQueue<Letter>();
  const letters = new Map<string, Letter>();
  for (const name of names) {
    const letter = new Letter(name);
    letters.set(name, letter);
    queue.push(letter);
  }
  return [queue, letters];
}

/** Forwards, then backwards, so that both kinds of links are seen. */
function show(queue: LinkedQueue<Letter>): string {
  const letters: Letter[] = [];
  for (let at = queue.head; at !== undefined; at = at.next) letters.push(at);
  let back = "";
  for (let at = letters.at(-1); at !== undefined; at = at.previous) {
    back += at.name;
  }
  return `${letters.map(({ name }) => name).join("")}|${back}`;
}

// Queue, letter, after remove, after moveToTail.
const CASES: [string, string, string, string][] = [
  ["a", "a", "|", "a|a"],
  ["ab", "a", "b|b", "ba|ab"],
  ["ab", "b", "a|a", "ab|ba"],
  ["abc", "a", "bc|cb", "bca|acb"],
  ["abc", "b", "ac|ca", "acb|bca"],
  ["abc", "c", "ab|ba", "abc|cba"],
];

for (const [names, name, removed, moved] of CASES) {
  Deno.test(`LinkedQueue removes and moves "${name}" of "${names}"`, () => {
    const [first, lettersOfFirst] = queueOf(names);
    first.remove(lettersOfFirst.get(name)!);
    assertEquals(show(first), removed);
    assertEquals(first.size, names.length - 1);
    const [second, lettersOfSecond] = queueOf(names);
    second.moveToTail(lettersOfSecond.get(name)!);
    assertEquals(show(second), moved);
    assertEquals(second.size, names.length);
    assertEquals(second.head?.name, moved[0]);
  });
}
