import { LIBC_FILES } from "../../net/mod.ts";
import { ALL_SERVICES, SYS_OPTIONS, V8_FLAGS } from "./services.ts";

/** A program as it is installed: its entry file, and what it may do. */
export interface Executable {
  name: string;
  entry: string;
  /**
   * Options of `deno`. Its addresses and folders are told when it runs, so these
   * cannot name them.
   */
  permissions: readonly string[];
  /** Files that it carries with it. */
  include: readonly string[];
}

const NETWORK_AND_DATA = ["--allow-net", "--allow-read", "--allow-write"];

/** What a service may read of its environment: where its files are, and systemd. */
const SERVICE_VARIABLES =
  "--allow-env=LARS_CONF,NOTIFY_SOCKET,WATCHDOG_USEC,LISTEN_FDS,LISTEN_PID";

/** The services, and the command. */
export const EXECUTABLES: readonly Executable[] = [
  ...ALL_SERVICES.map((service) => ({
    name: `lars-${service}`,
    entry: `${service}/main.ts`,
    permissions: [
      ...V8_FLAGS[service],
      ...NETWORK_AND_DATA,
      SERVICE_VARIABLES,
      ...SYS_OPTIONS[service],
      // The agent's batches of datagrams are calls of the C library.
      ...service === "agent" ? [`--allow-ffi=${LIBC_FILES.join(",")}`] : [],
    ],
    // Its entry file is also the module of its workers, and so inside already.
    include: [`conf/${service}.conf`],
  })),
  {
    name: "lars",
    entry: "api/cli/main.ts",
    permissions: [
      ...NETWORK_AND_DATA,
      // Who drains a host is noted with the drain.
      "--allow-env=LARS_CONF,LARS_URL,LARS_TOKEN,SUDO_USER,USER,LOGNAME,USERNAME",
      "--allow-sys=hostname,uid",
      // For `lars serve`; every other command gives it up at once.
      "--allow-run",
    ],
    include: ["conf/dns.conf"],
  },
];
