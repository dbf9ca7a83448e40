/** Texts of the page Host alone, in English. */
export default {
  "drain.everywhere": "Drain in all routes",
  "host.none": "No route has this host.",
  "host.routes": "Routes",
  "instance.removeDo": "Remove for good",
  "instance.removeLabel": "Remove for good: {host} of {route}",
  "instance.title": "Registered",
  "kept.host":
    "Calls are those of the minute before; of more than three hours ago the mean of ten minutes, for a week. How callers saw hosts, calls in flight and registrations are not kept.",
};
