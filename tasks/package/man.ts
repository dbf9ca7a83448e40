import { infoOf, keyOf } from "../../conf/fields.ts";
import { exampleOf } from "../../api/cli/command.ts";
import { commands, type Leaf } from "../cli_reference.ts";
import { commentsOf, readShipped, SHIPPED } from "../conf_reference.ts";
import type { ServiceName } from "../local/services.ts";
import { UNITS } from "./units.ts";

/** What the foot of a page says. */
export interface Release {
  version: string;
  /** As 2026-11-29. */
  date: string;
}

/** The page lars(1), every command. */
export function commandPage(release: Release): string {
  return page("lars", 1, release, [
    section("NAME", "lars \\- ask agents for hosts, edit routes, look at both"),
    section("SYNOPSIS", ".B lars\n.I COMMAND\n[\\fIARGUMENT\\fR...]"),
    section(
      "DESCRIPTION",
      "Asks the agent of this machine which host to call, tells it how calls went, and edits the routes in the store that dns serves.",
    ),
    section("COMMANDS", commands().map(commandEntry).join("\n")),
    section("FILES", "/etc/lars/dns.conf says which store is edited."),
    section(
      "SEE ALSO",
      "lars-agent(8), lars-dns(8), lars-reporter(8), lars-web(8)",
    ),
  ]);
}

function commandEntry({ command, path }: Leaf): string {
  const options = command.options.map(({ flags, description }) =>
    `.TP\n.B ${escape(flags)}\n${escape(description)}`
  );
  return [
    `.SS ${escape(`${path} ${command.usage()}`)}`,
    `${escape(command.description())}.`,
    ...options.length > 0 ? [".RS", ...options, ".RE"] : [],
    `.PP\n.EX\n${escape(exampleOf(command) ?? "")}\n.EE`,
  ].join("\n");
}

/** The page of a service, with every key of its file. */
export async function servicePage(
  service: ServiceName,
  release: Release,
): Promise<string> {
  const file = `${service}.conf`;
  const { description, user } = UNITS[service];
  return page(`lars-${service}`, 8, release, [
    section("NAME", `lars-${service} \\- ${escape(description)}`),
    section(
      "SYNOPSIS",
      `.B lars-${service}\n[\\fB--conf\\fR \\fIFILE\\fR] [\\fB--data\\fR \\fIFOLDER\\fR]`,
    ),
    section(
      "DESCRIPTION",
      "SIGTERM and SIGINT stop it, SIGHUP has it read its file again.",
    ),
    section("CONFIGURATION", await configuration(file)),
    section(
      "FILES",
      `.TP\n.I /etc/lars/${file}\nThe configuration.\n.TP\n.I /var/lib/${user}\nWhat it keeps.`,
    ),
    section("SEE ALSO", "lars(1), systemctl(1)"),
  ]);
}

/** Every section and key of a configuration file, as its comments explain them. */
async function configuration(file: string): Promise<string> {
  const { schema } = SHIPPED.get(file)!;
  const comments = commentsOf(await readShipped(file));
  return Object.entries(schema.shape).flatMap(([name, { shape }]) => [
    `.SS [${name}]`,
    ...Object.entries(shape).map(([property, field]) => {
      const key = keyOf(property, field);
      const { meaning, defaultText } = comments.get(`${name}.${key}`)!;
      const { range } = infoOf(field);
      return `.TP\n.B ${key}\n${
        escape(
          `${meaning} Allowed: ${range}. Default: ${defaultText || "empty"}.`,
        )
      }`;
    }),
  ]).join("\n");
}

function page(
  name: string,
  number: number,
  { version, date }: Release,
  sections: readonly string[],
): string {
  return `.TH ${name.toUpperCase()} ${number} ${date} "Lars ${version}"\n${
    sections.join("\n")
  }\n`;
}

function section(title: string, text: string): string {
  return `.SH ${title}\n${text}`;
}

/** Text that roff prints as it stands. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1");
}
