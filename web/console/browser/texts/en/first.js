/** Texts of the page First alone, in English. */
export default {
  "first.help": "This link works once. The first user may do everything.",
  "first.submit": "Make the user",
  "first.title": "First user",
};
