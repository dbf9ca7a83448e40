import { setClock } from "./clock.js";
import { pageData } from "./page_data.js";

/** Longest time for an answer; then the console says that there is none. */
const ANSWER_MS_MAX = 10_000;

/**
 * @typedef {object} Answer
 * @property {number | undefined} status None: there was no answer.
 * @property {string | undefined} [etag]
 * @property {any} [body] What the API's schema says; undefined where there is none.
 */

/**
 * Asks the admin API.
 *
 * @param {string} method
 * @param {string} path Path below /api/v1.
 * @param {object} [options]
 * @param {unknown} [options.body]
 * @param {string | undefined} [options.ifNoneMatch]
 * @param {string | undefined} [options.idempotencyKey] The same for each repetition of one change.
 * @returns {Promise<Answer>}
 */
export async function ask(method, path, options = {}) {
  const headers = new Headers({ accept: "application/json" });
  if (options.body !== undefined) {
    headers.set("content-type", "application/json");
  }
  if (options.ifNoneMatch) headers.set("if-none-match", options.ifNoneMatch);
  if (options.idempotencyKey) {
    headers.set("idempotency-key", options.idempotencyKey);
  }
  try {
    const response = await fetch(`${pageData.base}/api/v1${path}`, {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      // The page revalidates by itself, and wants to see the 304.
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    setClock(response);
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      etag: response.headers.get("etag") ?? undefined,
      body: isJson ? await response.json() : undefined,
    };
  } catch {
    return { status: undefined };
  }
}
