/** The name of this machine; undefined where the process may not ask for it, which is never prompted for. */
export function machineName(): string | undefined {
  const { state } = Deno.permissions.querySync({
    name: "sys",
    kind: "hostname",
  });
  return state === "granted" ? Deno.hostname() : undefined;
}
