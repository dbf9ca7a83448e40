const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** 16 hexadecimal digits that tell labels from others: FNV-1a of 64 bits, as Alertmanager makes them. */
export function fingerprintOf(
  labels: Readonly<Record<string, string>>,
): string {
  let hash = FNV_OFFSET;
  const add = (text: string) => {
    for (const byte of new TextEncoder().encode(text)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
    }
    // No text of UTF-8 has this byte.
    hash = BigInt.asUintN(64, (hash ^ 0xffn) * FNV_PRIME);
  };
  for (const name of Object.keys(labels).sort()) {
    add(name);
    add(labels[name]!);
  }
  return hash.toString(16).padStart(16, "0");
}
