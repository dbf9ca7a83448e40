import { ask } from "./api.js";
import { address } from "./page_data.js";

/** Ends the session, also where the server does not answer: the login page shows then. */
export async function logOut() {
  try {
    await ask("DELETE", "/session");
  } finally {
    location.assign(address("/login"));
  }
}
