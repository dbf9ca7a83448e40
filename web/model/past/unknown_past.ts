/** How something was at a time is not known, or more than is looked for. */
export class UnknownPastError extends Error {
  override name = "UnknownPastError";
}
