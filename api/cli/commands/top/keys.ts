/** A key that does something, by name, or a printable character. */
export type Key =
  | "up"
  | "down"
  | "pageUp"
  | "pageDown"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "backspace"
  | "redraw"
  | "interrupt"
  | { character: string };

const SEQUENCES: Readonly<Record<string, Key>> = {
  "A": "up",
  "B": "down",
  "H": "home",
  "F": "end",
  "1~": "home",
  "4~": "end",
  "5~": "pageUp",
  "6~": "pageDown",
  "7~": "home",
  "8~": "end",
};

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\x08": "backspace",
  "\x7f": "backspace",
  "\x0c": "redraw",
  "\x03": "interrupt",
  "\x04": "interrupt",
};

/** Escape sequences, an escape alone, or one character. */
// deno-lint-ignore no-control-regex
const TOKEN = /\x1b[[O]([\d;]*[A-Za-z~])|\x1b|[\s\S]/gu;

/** The keys that a terminal sent; those without a meaning are left out. */
export function readKeys(text: string): Key[] {
  return Array.from(text.matchAll(TOKEN)).flatMap(([token, sequence]) => {
    if (sequence !== undefined) return SEQUENCES[sequence] ?? [];
    if (token === "\x1b") return "escape";
    const control = CONTROLS[token];
    if (control !== undefined) return control;
    return token < " " ? [] : { character: token };
  });
}
