/** Texts of the page Routes alone, in English. */
export default {
  "column.hosts": "Hosts in use",
  "column.lastChange": "Last change",
  "edit.new": "Add a route",
  "kept.routes":
    "Calls are those of the minute before; of more than two days ago the mean of an hour. Which hosts callers held out is not kept. Names are those of now.",
  "past.unknown": {
    one:
      "{n} route is left out: a change of it since is not in the trail, and how it was is not known.",
    other:
      "{n} routes are left out: changes of them since are not in the trail, and how they were is not known.",
  },
  "routes.all": {
    one: "{n} route, that is all",
    other: "{n} routes, that is all",
  },
  "routes.drained": { one: "{n} drained", other: "{n} drained" },
  "routes.inUse": "{inUse} of {hosts}",
  "routes.none": "No route is like that.",
  "routes.ofAgent": "Routes of which one agent holds a host out.",
  "routes.search": "Name, id, IP or zone",
  "routes.sort": "Order",
  "routes.state": "Which",
  "sortFilter.any": "by id",
  "sortFilter.calls": "most calls first",
  "sortFilter.failing": "failing first",
  "sortFilter.hosts": "most hosts first",
  "stateFilter.any": "all routes",
  "stateFilter.drained": "with drained hosts",
  "stateFilter.failing": "with failing calls",
  "stateFilter.out": "with hosts out",
  "stateFilter.quiet": "without calls",
};
