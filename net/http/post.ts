import { VERSION } from "../version.ts";

/**
 * Sends a body of JSON.
 *
 * @returns Status of the answer.
 * @throws {Error} If there is none in time.
 */
export async function postJson(
  { url, body, headers, timeoutMs }: {
    url: string;
    body: string;
    headers: Readonly<Record<string, string>>;
    timeoutMs: number;
  },
): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: {
      ...headers,
      "content-type": "application/json",
      "user-agent": `lars/${VERSION}`,
    },
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  return response.status;
}
