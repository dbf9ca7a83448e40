/**
 * How a program registers itself as a host of routes.
 *
 * @module
 */
export {
  DRAIN_DEFAULT_MS,
  type ServeCheck,
  type ServeOptions,
  type ServeSettings,
  WAIT_DEFAULT_MS,
} from "./options.ts";
export { serve } from "./serve.ts";
export { ServedInstance } from "./served_instance.ts";
export { ServeError, type ServeState, type ServeStatus } from "./status.ts";
