import { StoreError } from "../types.ts";
import { Connection } from "./connection.ts";

/**
 * Makes the file of a store, and its folder.
 *
 * @returns Whether it was made now; a store that is there stays as it is.
 * @throws {StoreError} If it cannot be made, or another file is in the way.
 */
export async function createFile(path: string): Promise<boolean> {
  const isNew = !(await hasBytes(path));
  const left = `${path}-wal`;
  // In this order, as another process may be making the store at this moment.
  if (await hasBytes(left) && !(await isThere(path))) {
    throw new StoreError(
      `Cannot make store "${path}" as "${left}" is there without it: bring the store back, or move that file away`,
      { retry: false },
    );
  }
  try {
    const folder = path.replace(/[^/\\]*$/, "") || ".";
    await Deno.mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new StoreError(
      `Cannot make store "${path}" as its folder cannot be made: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { retry: false, cause },
    );
  }
  using _ = Connection.open(path, { create: true });
  return isNew;
}

async function isThere(file: string): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}

async function hasBytes(file: string): Promise<boolean> {
  return await Deno.stat(file).then(({ size }) => size > 0, () => false);
}
