/** Texts of the page About alone, in English. */
export default {
  "about.api": "The API as an OpenAPI document",
  "about.keyBack": "back",
  "about.keyOpen": "opens it",
  "about.keyRows": "to the next and the previous row",
  "about.keySearch": "to the search",
  "about.keys": "Keys",
  "about.libraries": "Made with",
  "nav.about": "About",
};
