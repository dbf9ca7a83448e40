import type { ServiceName } from "../local/services.ts";
import { unitNames, usersOf } from "./units.ts";

/** Scripts that dpkg runs, by their names. */
export type Scripts = Record<"postinst" | "prerm" | "postrm", string>;

/** dpkg calls scripts of a package with services: makes users, starts, stops, forgets. */
export function scriptsOf(services: readonly ServiceName[]): Scripts {
  const units = services.map((service) => `lars-${service}.service`);
  return {
    postinst: `#!/bin/sh
set -e

if [ "$1" = configure ]; then
${usersOf(services).map(makeUser).join("\n")}
${services.includes("dns") ? MAKE_STORE : ""}fi

case "$1" in
configure | abort-upgrade | abort-remove)
	for unit in ${units.join(" ")}; do
		deb-systemd-helper unmask "$unit" >/dev/null || true
		# Also true for one that is installed for the first time.
		if deb-systemd-helper --quiet was-enabled "$unit"; then
			deb-systemd-helper enable "$unit" >/dev/null || true
		else
			deb-systemd-helper update-state "$unit" >/dev/null || true
		fi
	done
	if [ -d /run/systemd/system ]; then
		systemctl --system daemon-reload >/dev/null || true
		# Not stopped before an upgrade: a restart is the only gap.
		if [ -n "$2" ]; then action=restart; else action=start; fi
		deb-systemd-invoke $action ${units.join(" ")} >/dev/null || true
	fi
	;;
esac
`,
    prerm: `#!/bin/sh
set -e

if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	deb-systemd-invoke stop ${unitNames(services).join(" ")} >/dev/null || true
fi
`,
    postrm: `#!/bin/sh
set -e

if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	systemctl --system daemon-reload >/dev/null || true
fi
if [ "$1" = purge ]; then
	deb-systemd-helper purge ${units.join(" ")} >/dev/null || true
	deb-systemd-helper unmask ${units.join(" ")} >/dev/null || true
${
      usersOf(services).map((user) =>
        `	# Routes and statuses stay: a person removes them.
	rmdir --ignore-fail-on-non-empty /var/lib/${user} 2>/dev/null || true`
      ).join("\n")
    }
fi
`,
  };
}

function makeUser(user: string): string {
  return `	if ! getent passwd ${user} >/dev/null; then
		useradd --system --user-group --home-dir /var/lib/${user} \\
			--no-create-home --shell /usr/sbin/nologin ${user}
	fi
	if [ ! -d /var/lib/${user} ]; then
		install -d -m 0750 -o ${user} -g ${user} /var/lib/${user}
	fi`;
}

/** A store is made when there never was one, and never again by itself. */
const MAKE_STORE = `	if [ -z "$2" ] && [ ! -e /var/lib/lars/lars.db ]; then
		setpriv --reuid=lars --regid=lars --clear-groups \\
			lars store create >/dev/null ||
			echo "lars-server: make a store with \\"lars store create\\"" >&2
	fi
`;
