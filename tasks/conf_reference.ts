/**
 * `deno run -A tasks/conf_reference.ts [--check]`: writes conf/README.md, every
 * key of every file, from the schemas in conf/ and the comments of the shipped
 * files. With `--check` it writes nothing, and exits 1 if the page is stale.
 *
 * @module
 */
import { infoOf, keyOf } from "../conf/fields.ts";
import {
  agentConf,
  type ConfigFile,
  dnsConf,
  reporterConf,
  webConf,
} from "../conf/mod.ts";
import { generatePage } from "./generated_page.ts";

/** The shipped files in conf/, in the order of the page. */
export const SHIPPED: ReadonlyMap<string, ConfigFile<unknown>> = new Map<
  string,
  ConfigFile<unknown>
>([
  ["dns.conf", dnsConf],
  ["reporter.conf", reporterConf],
  ["agent.conf", agentConf],
  ["web.conf", webConf],
]);

/** The comment over a key in a shipped file. */
export interface KeyComment {
  /** The comment but for its default. */
  meaning: string;
  /** What follows "Default:", up to a semicolon; "" for "empty". */
  defaultText: string;
  /** What follows that semicolon. */
  exception: string;
}

const INTRO = `<!-- Written by tasks/conf_reference.ts: do not edit. -->

# Configuration

Every key of every file. A key that a file leaves out has its default; the file
itself must be there. Files of the original system load unchanged. A section or
key that is not below is ignored with a warning, but for one that is a case or
two letters away from one below: that, and a value that is not allowed, stops
the service with a sentence that names file, section, key and value.

Services and commands look for their files in this order: \`--conf\` (the file, or
its folder), the variable \`LARS_CONF\` (the folder, or a file in it), \`conf/\` in
the folder of the repository or the executable, \`/etc/lars\`. What \`--conf\` or
the variable names must be there. The working folder does not matter. Data are in \`--data\`, else in \`data/\` in the folder of the
repository, or beside the file (\`/var/lib/lars\` for \`/etc/lars\`).

SIGHUP has a service read its file again. Sections that it then takes are named
with each file; what else has changed is logged as in need of a restart. A file
that cannot be used changes nothing, and the log says why. On a terminal that
has been closed SIGHUP ends the service instead.

Lines that begin with \`#\`, \`;\` or \`//\` are comments; a comment cannot follow a
value. Double quotes around a value are taken off, single ones stay. A section
that appears twice is one; of a key given twice, the last counts.
`;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const texts = new Map<string, string>();
  for (const name of SHIPPED.keys()) texts.set(name, await readShipped(name));
  return await generatePage("conf/README.md", { text: reference(texts), args });
}

/** The text of a file in conf/. */
export function readShipped(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`../conf/${name}`, import.meta.url));
}

/**
 * The page, not formatted yet; `texts` are the shipped files by name.
 *
 * @throws {Error} If a key has no comment with a default.
 */
export function reference(texts: ReadonlyMap<string, string>): string {
  const parts = [INTRO];
  /** Where each table stands first: files share sections. */
  const homes = new Map<string, string>();
  for (const [file, { schema, reloads }] of SHIPPED) {
    const comments = commentsOf(texts.get(file) ?? "");
    parts.push(`## [${file}](${file})`);
    const sections = reloads.map((section) => `[${section}]`).join(", ");
    parts.push(`Read again at SIGHUP: ${sections}.`);
    for (const section of Object.keys(schema.shape)) {
      const table = tableOf(schema.shape[section]!.shape, (key) => {
        const comment = comments.get(`${section}.${key}`);
        if (comment !== undefined) return comment;
        throw new Error(
          `Cannot describe [${section}] ${key} as conf/${file} has no comment with a default over it`,
        );
      });
      const home = homes.get(section + table);
      if (home === undefined) homes.set(section + table, file);
      parts.push(`### [${section}]`);
      parts.push(home === undefined ? table : `As in ${home}.`);
    }
  }
  return parts.join("\n\n");
}

/** The comments of a shipped file by "section.key"; settings may be commented out. */
export function commentsOf(text: string): Map<string, KeyComment> {
  const comments = new Map<string, KeyComment>();
  let section = "";
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    const heading = /^(?:# )?\[(\w+)\]$/.exec(line)?.[1];
    const key = /^(?:# )?(\w+) =/.exec(line)?.[1];
    if (heading === undefined && key === undefined && line.startsWith("# ")) {
      lines.push(line.slice(2));
      continue;
    }
    section = heading ?? section;
    const comment = /^(.*?)\s*Default: ([^;\s]+)(?:; (.*))?$/.exec(
      lines.join(" "),
    );
    if (key !== undefined && comment !== null) {
      const [, meaning = "", word = "", exception = ""] = comment;
      const defaultText = word === "empty" ? "" : word;
      comments.set(`${section}.${key}`, { meaning, defaultText, exception });
    }
    lines = [];
  }
  return comments;
}

function tableOf(
  shape: ConfigFile<unknown>["schema"]["shape"][string]["shape"],
  commentOf: (key: string) => KeyComment,
): string {
  const rows = Object.entries(shape).map(([name, field]) => {
    const key = keyOf(name, field);
    const { unit, range } = infoOf(field);
    const { meaning, defaultText, exception } = commentOf(key);
    const shown = defaultText === "" ? "empty" : `\`${defaultText}\``;
    const cells = [
      `\`${key}\``,
      exception === "" ? shown : `${shown}; ${exception}`,
      unit,
      range,
      meaning,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| key | default | unit | allowed | meaning |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
