import type { ServiceName } from "../local/services.ts";

/** What the system manager says of a service, and as whom it runs. */
interface Unit {
  description: string;
  /** User, group, and folder in /var/lib. dns, reporter and web share a store. */
  user: string;
  /** Whether systemd keeps its sockets while it is away: it has a unit for them. */
  hasSockets?: boolean;
  /** Further lines of its section [Service]. */
  more?: string;
}

/** How each service runs where it is installed. */
export const UNITS: Readonly<Record<ServiceName, Unit>> = {
  dns: { description: "Lars dns, which hosts a route has", user: "lars" },
  reporter: {
    description: "Lars reporter, takes the results of calls",
    user: "lars",
  },
  web: {
    description: "Lars web, the console and the admin API",
    user: "lars",
  },
  agent: {
    description: "Lars agent, which host to call",
    user: "lars-agent",
    hasSockets: true,
    more: `# Programs of this machine call hosts with its help.
OOMScoreAdjust=-500
# It asks the system which addresses the machine has.
RestrictAddressFamilies=AF_NETLINK`,
  },
};

/**
 * Restrictions that every service works under. V8 compiles at run time: no
 * MemoryDenyWriteExecute=. It guards its code with protection keys (@pkey). What
 * newer kernels and libraries try beyond these is refused; the default would end
 * the service.
 */
const HARDENING = `CapabilityBoundingSet=
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service @pkey
SystemCallFilter=~@privileged @resources`;

/** The unit file of a service. */
export function unitFile(service: ServiceName): string {
  const { description, user, more, hasSockets } = UNITS[service];
  const name = `lars-${service}`;
  return `[Unit]
Description=${description}
Documentation=man:${name}(8)
Wants=network-online.target${hasSockets ? ` ${name}.socket` : ""}
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=/usr/bin/${name} --conf /etc/lars/${service}.conf --data /var/lib/${user}
ExecReload=/bin/sh -c 'kill -HUP \${MAINPID}'
Restart=always
RestartSec=200ms
WatchdogSec=10s
TimeoutStopSec=10s
User=${user}
StateDirectory=${user}
StateDirectoryMode=0750
UMask=0027
RuntimeDirectory=${name}
Environment=DENO_DIR=/run/${name} DENO_NO_UPDATE_CHECK=1
${more === undefined ? "" : `${more}\n`}${HARDENING}

[Install]
WantedBy=multi-user.target
`;
}

/**
 * The unit file of the agent's sockets, where conf/agent.conf has it listen. What
 * comes during a restart waits in them: 2,000 requests take 1.5 MB of their 4.
 */
export const SOCKET_FILE = `[Unit]
Description=Sockets of the Lars agent, which stay open while it restarts
Documentation=man:lars-agent(8)

[Socket]
ListenDatagram=127.0.0.1:8888
ListenDatagram=127.0.0.1:8889
ListenDatagram=127.0.0.1:8890
ReceiveBuffer=4M
`;

/** The names of the units of some services; sockets first, which would start their service again. */
export function unitNames(services: readonly ServiceName[]): string[] {
  return services.flatMap((service) => [
    ...UNITS[service].hasSockets ? [`lars-${service}.socket`] : [],
    `lars-${service}.service`,
  ]);
}

/** The users of some services, as systemd-sysusers(8) makes them. */
export function sysusersFile(services: readonly ServiceName[]): string {
  return usersOf(services).map((user) =>
    `u ${user} - "Lars" /var/lib/${user} /usr/sbin/nologin\n`
  ).join("");
}

/** The users of some services, each once. */
export function usersOf(services: readonly ServiceName[]): string[] {
  return [...new Set(services.map((service) => UNITS[service].user))];
}
