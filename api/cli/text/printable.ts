/** Text that came over the network, without what a terminal would obey; at most `max` characters. */
export function printable(text: string, { max = 64 } = {}): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`;
}
