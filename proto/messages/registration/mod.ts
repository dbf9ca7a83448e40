/**
 * How a service registers itself: a program at the agent of its machine, and the
 * agent at dns.
 *
 * @module
 */
export * from "./beat.ts";
export * from "./deregister.ts";
export * from "./instance.ts";
export * from "./lease_ack.ts";
export {
  LEASE_HASH_EMPTY,
  LEASE_HOSTS_MAX,
  leaseHash,
  type LeaseHost,
} from "./lease_host.ts";
export * from "./lease_sync.ts";
export {
  CHECK_PATH_LENGTH_MAX,
  encodeRegisterRequest,
  encodeRegisterResponse,
  INSTANCE_DRAIN_MAX_MS,
  INSTANCE_ROUTES_MAX,
  INSTANCE_TTL_DEFAULT_MS,
  INSTANCE_TTL_MAX_MS,
  INSTANCE_TTL_MIN_MS,
  readRegisterRequest,
  readRegisterResponse,
  type RegisterRequest,
  TAG_LENGTH_MAX,
  TAGS_MAX,
  VERSION_LENGTH_MAX,
  wrongRegistration,
} from "./register.ts";
