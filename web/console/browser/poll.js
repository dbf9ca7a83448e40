import { ask } from "./api.js";
import { pageData } from "./page_data.js";

/** Pause between two questions while the page is seen, and while it is not. */
const SEEN_MS = 2_000;
const HIDDEN_MS = 15_000;

/** Part of the pause that is drawn by lot, so that many consoles do not ask together. */
const JITTER = 0.3;

/** Age at which what is shown is called stale, beyond the pause that the page makes. */
const STALE_MS = 10_000;

/**
 * Resources of the API that a page shows, asked for again and again: most answers
 * are "304 Not Modified".
 */
export class Poll {
  /** @type {{path: string, status: number, etag: string | undefined, body: any, everyMs: number, dueMs: number}[]} */
  #resources;
  #onChange;
  #answeredMs = performance.now();
  #isLoggedOut = false;
  #isAsking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {{path: string, status: number, etag?: string, body: any}[]} answers First answers.
   * @param {object} options
   * @param {number[]} options.everyMs Least pause for each of them.
   * @param {() => void} options.onChange
   */
  constructor(answers, { everyMs, onChange }) {
    this.#onChange = onChange;
    this.#resources = answers.map((answer, index) => ({
      path: answer.path,
      status: answer.status,
      etag: answer.etag,
      body: answer.body,
      everyMs: everyMs[index] ?? 0,
      dueMs: performance.now() + (everyMs[index] ?? 0),
    }));
    document.addEventListener("visibilitychange", () => this.#plan(0));
    this.#plan();
  }

  /** Newest answers, in the order of the resources. */
  get bodies() {
    return this.#resources.map(({ body, status }) =>
      status < 300 ? body : undefined
    );
  }

  /** What the API refused of a resource. @param {number} index */
  problem(index) {
    const resource = this.#resources[index];
    return resource === undefined || resource.status < 300
      ? undefined
      : { status: resource.status, body: resource.body };
  }

  /** Time since the server last answered. */
  get ageMs() {
    return performance.now() - this.#answeredMs;
  }

  get isStale() {
    const pauses = this.#resources.map(({ everyMs }) => everyMs);
    return this.ageMs >= STALE_MS + Math.min(...pauses);
  }

  get isLoggedOut() {
    return this.#isLoggedOut;
  }

  /** Shows another resource in the place of one, as when a filter changes. @param {number} index @param {string} path */
  async follow(index, path) {
    const resource = this.#resources[index];
    if (resource === undefined || resource.path === path) return;
    Object.assign(resource, { path, etag: undefined, dueMs: 0 });
    await this.refresh();
  }

  /** Asks for everything now, as after a change. */
  async refresh() {
    for (const resource of this.#resources) {
      // Anew: a name changes an answer, and not the revision that is its tag.
      Object.assign(resource, { dueMs: 0, etag: undefined });
    }
    await this.#ask();
  }

  async #ask() {
    if (this.#isAsking) return this.#plan(200);
    this.#isAsking = true;
    let isChanged = false;
    for (const resource of this.#resources) {
      if (resource.dueMs > performance.now()) continue;
      const { path } = resource;
      const answer = await ask("GET", path, { ifNoneMatch: resource.etag });
      // Without an answer the age says it.
      if (answer.status === undefined) break;
      if (resource.path !== path) continue;
      this.#isLoggedOut = answer.status === 401;
      if (answer.status >= 500 || answer.status === 429) continue;
      this.#answeredMs = performance.now();
      resource.dueMs = this.#answeredMs + resource.everyMs;
      if (answer.status === 304 || answer.status === 401) continue;
      Object.assign(resource, answer);
      isChanged = true;
    }
    this.#isAsking = false;
    this.#plan();
    if (isChanged) this.#onChange();
  }

  /** @param {number} [inMs] */
  #plan(inMs) {
    clearTimeout(this.#timer);
    // What was stays as it was: only another filter asks.
    if (pageData.past && !inMs) return;
    const pauseMs = document.hidden ? HIDDEN_MS : SEEN_MS;
    const jittered = pauseMs * (1 + JITTER * (Math.random() - 0.5));
    this.#timer = setTimeout(() => this.#ask(), inMs ?? jittered);
  }
}
