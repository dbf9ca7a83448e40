/** Texts of the page Now alone, in English. */
export default {
  "banner.dataOld": "No calls have been reported since",
  "banner.storeAway":
    "The store cannot be read since {age}: routes and numbers are as they were then",
  "banner.zones": ", all in zone {zones}",
  "kept.now":
    "Problems are judged by calls that failed in the minute before; of more than two days ago by the mean of an hour. Which hosts callers held out, and which agents were silent, is not kept.",
  "now.callers": { one: "{n} caller", other: "{n} callers" },
  "now.calm": "No problems",
  "now.changeBefore": "Last change before it:",
  "now.changes": "Last changes",
  "now.failing": "{share} of {rate} calls/s fail",
  "now.hostsOut": "{out} of {hosts} hosts out",
  "now.noCalls": "no calls are reported now",
  "now.noChangeBefore": "No change of this route is known from before it.",
  "now.noData": "No data: no agent has reported calls yet",
  "now.noHosts": "The route has no hosts",
  "now.problems": { one: "{n} problem", other: "{n} problems" },
  "now.usual": "usual {share}",
  "past.events": "Hosts in the hour before",
};
