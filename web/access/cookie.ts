/** Name of the cookie with the secret of a session; with TLS one that no other host can set. */
export function cookieName({ isSecure }: { isSecure: boolean }): string {
  return isSecure ? "__Host-lars" : "lars";
}
