/** Text that came over the network, without what a terminal would obey; at most `max` characters. */
export function printable(text: string, { max = 64 } = {}): string {
  // deno-lint-ignore no-control-regex
  const plain = text.replace(
    /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    "?",
  );
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`;
}
