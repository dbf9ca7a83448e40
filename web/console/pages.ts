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
  /**
   * Likewise of a moment of the past, which is `at` in its address and theirs; left
   * out: it has no past, and `at` means nothing to it.
   */
  past?: (
    params: Readonly<Record<string, string>>,
    query: { at: string; search: string },
  ) => readonly string[];
  /** Draws charts. */
  hasCharts?: true;
  /** Is shown to whoever asks. */
  isOpen?: true;
}

/** Every page of the console. */
export const PAGES: readonly Page[] = [
  {
    ...page("/", "now", () => ["/now"]),
    past: (_, { at }) => [`/now?at=${at}`],
  },
  {
    ...page("/routes", "routes", (_, query) => [routesOf(query)]),
    past: (_, { search }) => [routesOf(search)],
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
    past: (params, { at }) => {
      const route = `/routes/${params.modId}/${params.cmdId}`;
      return [
        `${route}?at=${at}`,
        `${route}/status?at=${at}`,
        `${route}/history?to=${at}`,
        `${route}/events?limit=50&at=${at}`,
        `${route}/changes?limit=20&at=${at}`,
      ];
    },
    hasCharts: true,
  },
  {
    ...page("/hosts/:host([\\d.]+(?::\\d+)?)", "host", ({ host }) => [
      `/hosts/${host}`,
      `/instances?host=${host}&limit=1000`,
    ]),
    past: ({ host }, { at }) => [`/hosts/${host}?at=${at}`],
  },
  {
    ...page("/fleet", "fleet", () => ["/agents", "/leases", "/members"]),
    past: (_, { at }) => [`/agents?at=${at}`],
  },
  {
    ...page("/changes", "changes", (_, query) => [
      pageOf("/changes?limit=50", query),
    ]),
    past: (_, { at, search }) => [
      pageOf(`/changes?limit=50&at=${at}`, search),
    ],
  },
  {
    ...page("/changes/:id(\\d+)", "change", ({ id }) => [`/changes/${id}`]),
    past: ({ id }) => [`/changes/${id}`],
  },
  {
    ...page("/alarms", "alarms", () => ["/alarms"]),
    past: (_, { at }) => [`/alarms?at=${at}`],
  },
  page("/access", "access", (_, query) => [
    "/sessions",
    "/users",
    "/tokens",
    pageOf("/audit?limit=100", query),
  ]),
  page("/about", "about", () => []),
  { ...page("/login", "login", () => []), isOpen: true },
  { ...page("/first", "first", () => []), isOpen: true },
];

/** Parameters of the list of routes that an address may have. */
const FILTERS = [
  "q",
  "module",
  "zone",
  "state",
  "agent",
  "sort",
  "limit",
  "cursor",
  "at",
];

/** The list of routes as an address has it: whatever else stands there, the API knows nothing of. */
function routesOf(query: string): string {
  const found = [...new URLSearchParams(query)]
    .filter(([name]) => FILTERS.includes(name));
  return found.length === 0
    ? "/routes"
    : `/routes?${new URLSearchParams(found)}`;
}

/** A page of a list: which one is in the query of the address. */
function pageOf(path: string, query: string): string {
  const cursor = new URLSearchParams(query).get("cursor");
  return cursor === null
    ? path
    : `${path}&cursor=${encodeURIComponent(cursor)}`;
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
