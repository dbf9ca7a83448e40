import { pageData } from "./page_data.js";

/** How far this machine's clock is behind the server's; a phone's may be minutes off. */
let behindMs = pageData.at - Date.now();

/** Time by the server's clock, ms since 1970. */
export function present() {
  return Date.now() + behindMs;
}

/** The same, or the moment that the page shows. */
export function now() {
  return Date.parse(pageData.past ?? "") || present();
}

/** Sets the clock by the Date of an answer, which has whole seconds. @param {Response} response */
export function setClock(response) {
  const serverMs = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(serverMs)) return;
  const difference = serverMs - present();
  if (difference > 1_500 || difference < -2_500) {
    behindMs = serverMs - Date.now();
  }
}
