interface Vector {
  name: string;
  id: number;
  frame: string;
}

const VECTORS: Vector[] = JSON.parse(
  await Deno.readTextFile(new URL("./vectors.json", import.meta.url)),
);

const used = new Set<string>();

/** A golden vector: the bytes of a frame as Google's encoder made them. */
export function vector(name: string): Uint8Array {
  const found = VECTORS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no vector "${name}"`);
  used.add(name);
  return Uint8Array.fromHex(found.frame);
}

/** Names of the vectors that nobody asked for yet. */
export function unusedVectors(): string[] {
  return VECTORS.map(({ name }) => name).filter((name) => !used.has(name));
}
