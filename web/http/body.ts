import type { WebContext } from "./env.ts";
import { ProblemError } from "./problem.ts";

/**
 * Reads the body as text. Nothing else reads bodies, so that none takes memory
 * before it is known who sends it.
 *
 * @throws {ProblemError} If it has more than `bytesMax` bytes.
 */
export async function readText(
  context: WebContext,
  bytesMax: number,
): Promise<string> {
  const { body, headers } = context.req.raw;
  if (Number(headers.get("content-length")) > bytesMax) throw large(bytesMax);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw large(bytesMax);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function large(bytesMax: number): ProblemError {
  return new ProblemError(
    "too_large",
    `A body must have at most ${bytesMax} bytes`,
  );
}
