/** Texts of the head of pages of the past, in English. */
export default {
  "kept.change": "A change stays as it was made.",
  "kept.changes": "The changes until then.",
  "kept.route":
    "Calls are those of the minute before; of more than three hours ago hosts have the mean of ten minutes, for a week. How callers saw hosts, calls in flight and registrations are not kept. Names are those of now.",
  "past.ago": "({age} ago)",
  "past.asOf": "As it was at",
  "past.back": "Back to now",
  "past.dayEarlier": "A day earlier",
  "past.hourEarlier": "An hour earlier",
  "past.hourLater": "An hour later",
  "past.other": "Another time …",
};
