/** Texts of the page Change alone, in English. */
export default {
  "change.action": "Action",
  "change.request": "Request",
  "change.ticket": "Ticket",
  "change.title": "Change {id}",
  "change.when": "When",
  "past.before": "The route before it",
  "past.everything": "Everything before it",
};
