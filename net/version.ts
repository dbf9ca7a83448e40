/** Version of Lars, as `deno.json` says; each end of a connection tells it to the other. */
export const VERSION = "0.2.0";
