/** A page: its address, and what it asks the API for. */
export interface Page {
  /** Path below the console's, as URLPattern has it. */
  pattern: URLPattern;
  /** Name of the module that draws it, below `browser/pages/`. */
  name: string;
  /** Resources of the API that it shows, the first of which it cannot do without. */
  resources: (
    params: Readonly<Record<string, string>>,
    query: string,
  ) => readonly string[];
  /** Parameter of the query with which it is this page: among those of its path then. */
  query?: string;
  /** Draws charts. */
  hasCharts?: true;
  /** Is shown to whoever asks. */
  isOpen?: true;
}

/** Every page of the console. */
export const PAGES: readonly Page[] = [
  page("/", "now", () => ["/now"]),
  page("/routes", "routes", (_, query) => [`/routes${query}`]),
  {
    ...page("/routes/:modId(\\d+)/:cmdId(\\d+)", "past", (params) => {
      const { at = "" } = params;
      const route = `/routes/${params.modId}/${params.cmdId}`;
      return [
        `${route}?at=${encodeURIComponent(at)}`,
        ...historyBefore(route, Date.parse(at)),
      ];
    }),
    query: "at",
    hasCharts: true,
  },
  {
    ...page("/routes/:modId(\\d+)/:cmdId(\\d+)", "route", (params) => {
      const route = `/routes/${params.modId}/${params.cmdId}`;
      return [
        route,
        `${route}/status`,
        `${route}/history`,
        `${route}/events?limit=50`,
        `${route}/changes?limit=20`,
        `${route}/callers`,
        `/instances?modId=${params.modId}&cmdId=${params.cmdId}&limit=1000`,
      ];
    }),
    hasCharts: true,
  },
  page("/hosts/:host([\\d.]+(?::\\d+)?)", "host", ({ host }) => [
    `/hosts/${host}`,
    `/instances?host=${host}&limit=1000`,
  ]),
  page("/fleet", "fleet", () => ["/agents", "/leases", "/members"]),
  page("/changes", "changes", () => ["/changes?limit=50"]),
  page("/changes/:id(\\d+)", "change", ({ id }) => [`/changes/${id}`]),
  page("/alarms", "alarms", () => ["/alarms"]),
  page("/access", "access", () => [
    "/sessions",
    "/users",
    "/tokens",
    "/audit?limit=100",
  ]),
  page("/about", "about", () => []),
  { ...page("/login", "login", () => []), isOpen: true },
  { ...page("/first", "first", () => []), isOpen: true },
];

/** Length of a history, in milliseconds. */
const HISTORY_MS = 3 * 3_600_000;

/** The history of a route before a time, in ms since 1970; NaN: of none. */
function historyBefore(route: string, atMs: number): string[] {
  if (Number.isNaN(atMs)) return [];
  const [from, to] = [atMs - HISTORY_MS, atMs].map((ms) =>
    encodeURIComponent(new Date(ms).toISOString())
  );
  return [`${route}/history?from=${from}&to=${to}`];
}

/** What an address that is no page shows. */
export const MISSING_PAGE: Page = page("/missing", "missing", () => []);

function page(
  pathname: string,
  name: string,
  resources: Page["resources"],
): Page {
  return { pattern: new URLPattern({ pathname }), name, resources };
}
