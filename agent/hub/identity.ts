import { loggerOf, type Random } from "../../net/mod.ts";
import { IDENTITY_BYTES } from "../../proto/mod.ts";

/** Bytes of the file that are looked at: more than it has. */
const BYTES_MAX = 64;

/** An agent's identity, and why it ends with the process if it does. */
export interface LoadedIdentity {
  /** 32 hexadecimal digits in lower case. */
  agentId: string;
  /** Absent: it is in its file. */
  error?: Error;
}

/** An identity for as long as a process lasts. */
export function randomIdentity(random: Random): string {
  const bytes = new Uint8Array(IDENTITY_BYTES);
  return bytes.map(() => Math.floor(random() * 256)).toHex();
}

/**
 * The identity in the file at `path`. Where there is none, or what is no
 * identity, a new one is written, which only its owner can read. Never rejects:
 * without a file the identity lasts as long as the process.
 */
export async function loadIdentity(
  path: string,
): Promise<LoadedIdentity> {
  const found = await read(path);
  if (typeof found === "string") return { agentId: found };
  const bytes = crypto.getRandomValues(new Uint8Array(IDENTITY_BYTES));
  const agentId = bytes.toHex();
  try {
    const temporary = `${path}.tmp`;
    await Deno.remove(temporary).catch(() => {});
    await Deno.writeTextFile(temporary, `${agentId}\n`, { mode: 0o600 });
    await Deno.rename(temporary, path);
    if (found !== undefined) {
      loggerOf("agent").warn(
        "the agent has a new identity, as its own cannot be used",
        {
          file: path,
          error: found,
        },
      );
    }
    return { agentId };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new Error(
      `Cannot keep the identity of the agent in "${path}": ${why}`,
      { cause },
    );
    return { agentId, error };
  }
}

/** The identity in a file, or what is wrong with it; undefined if there is none. */
async function read(path: string): Promise<string | Error | undefined> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(BYTES_MAX);
    const length = await file.read(bytes) ?? 0;
    const text = new TextDecoder().decode(bytes.subarray(0, length)).trim();
    return /^[0-9a-f]{32}$/.test(text)
      ? text
      : new SyntaxError("it must be 32 hexadecimal digits");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}
