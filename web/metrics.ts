import { Histogram, type Metric, type Sample } from "../net/mod.ts";

/** Bounds of the buckets of requests, in seconds: few, as there are many kinds of request. */
const BOUNDS = [0.005, 0.025, 0.1, 0.5, 2.5];

/** Methods that are told by name. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const OTHER = "other";

/** Path below which people log in. */
const LOGIN = "/session";

/** A request that was answered. */
export interface AnsweredRequest {
  /** The path of its route, with names for what differs. */
  route: string;
  method: string;
  /** Status of the answer. */
  status: number;
  seconds: number;
}

/** What became of attempts to log in. */
const LOGIN_RESULTS = ["succeeded", "refused", "limited", "failed"] as const;

/** Counts the requests that web answers, by what bounds their number: never by path or user. */
export class WebRequests {
  readonly #durations = new Map<string, Sample & { value: Histogram }>();
  readonly #logins = new Map<typeof LOGIN_RESULTS[number], number>(
    LOGIN_RESULTS.map((result) => [result, 0]),
  );

  /** Counts one. */
  add({ route, method, status, seconds }: AnsweredRequest): void {
    const labels = {
      route,
      method: METHODS.includes(method) ? method : OTHER,
      status: `${Math.floor(status / 100)}xx`,
    };
    const key = Object.values(labels).join(" ");
    const known = this.#durations.get(key);
    const sample = known ?? { labels, value: new Histogram(BOUNDS) };
    if (known === undefined) this.#durations.set(key, sample);
    sample.value.observe(seconds);
    if (method !== "POST" || !route.endsWith(LOGIN)) return;
    const result = loginResult(status);
    this.#logins.set(result, this.#logins.get(result)! + 1);
  }

  /** How long they took. */
  durations(): readonly Sample[] {
    return [...this.#durations.values()];
  }

  /** Attempts to log in. */
  logins(): readonly Sample[] {
    return Array.from(this.#logins, ([result, value]) => ({
      labels: { result },
      value,
    }));
  }
}

function loginResult(status: number): typeof LOGIN_RESULTS[number] {
  if (status < 300) return "succeeded";
  if (status === 401) return "refused";
  return status === 429 ? "limited" : "failed";
}

/** The metrics that web serves. */
export const WEB_METRICS: readonly Metric<WebRequests>[] = [
  {
    name: "lars_web_request_duration_seconds",
    type: "histogram",
    help: "How long answers to requests take",
    labels: {
      route: [],
      method: [...METHODS, OTHER],
      status: ["2xx", "3xx", "4xx", "5xx"],
    },
    read: (requests) => requests.durations(),
  },
  {
    name: "lars_web_logins_total",
    type: "counter",
    help:
      "Attempts to log in: name and password were right, were wrong, were not looked at after too many wrong ones, could not be looked at",
    labels: { result: LOGIN_RESULTS },
    read: (requests) => requests.logins(),
  },
];
