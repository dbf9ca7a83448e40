import { parse } from "@std/ini";

/** A configuration cannot be used; the message names file, section, key and value. */
export class ConfigError extends Error {
  /** Tells it from other errors. */
  override name = "ConfigError";
}

/** A value as the file has it: text without its double quotes. */
export interface Entry {
  text: string;
  /** The section as the file spells it, for messages. */
  section: string;
}

/** Sections by name, each with its entries by key. */
export type Sections = Map<string, Map<string, Entry>>;

/** An INI file, parsed. */
export interface IniFile {
  /** The file's name, for messages. */
  file: string;
  sections: Sections;
  /** A sentence for each line that is ignored, or may be meant otherwise. */
  warnings: string[];
}

/**
 * Reads a configuration file.
 *
 * @throws {ConfigError} If it is not there or cannot be read.
 */
export async function readConfigFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? " as there is no such file: name another with --conf, or copy the one that Lars ships in conf/"
      : `: ${cause instanceof Error ? cause.message : cause}`;
    throw new ConfigError(`Cannot load "${path}"${reason}`, { cause });
  }
}

/**
 * Parses INI text. A section that appears twice is one section; of a key given
 * twice, the last counts.
 *
 * @throws {ConfigError} If it is not INI: names the line.
 */
export function parseIni(text: string, file: string): IniFile {
  const sections: Sections = new Map();
  const warnings: string[] = [];

  function keep(key: string, value: unknown, section?: string): void {
    if (section === undefined) {
      warnings.push(`"${file}" has ${key} before any section: it is ignored`);
      return;
    }
    const entries = sections.get(section) ?? new Map<string, Entry>();
    if (entries.has(key)) {
      warnings.push(`"${file}" has [${section}] ${key} twice: the last counts`);
    }
    const raw = String(value);
    const entry = { text: unquote(raw), section };
    for (const oddity of odditiesOf(key, raw)) {
      warnings.push(
        `"${file}" has [${section}] ${key} ${oddity}: what counts is ${
          describeValue(key, entry.text)
        }`,
      );
    }
    sections.set(section, entries.set(key, entry));
  }

  // A section without keys reaches no reviver, but counts: [mysql] alone chooses
  // the store.
  for (const [name, value] of Object.entries(parseLines(text, file, keep))) {
    if (typeof value === "object" && !sections.has(name)) {
      sections.set(name, new Map());
    }
  }
  return { file, sections, warnings };
}

function parseLines(
  text: string,
  file: string,
  reviver: (key: string, value: unknown, section?: string) => void,
): object {
  try {
    const lines = text.split(/\r\n|\n|\r/).map(bareSection).map(quoteValue);
    return parse(lines.join("\n"), { reviver });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ConfigError(`Cannot load "${file}": ${cause.message}`, { cause });
  }
}

/**
 * Puts a line's value into double quotes, which the parser takes off again. It
 * would cast a bare value: 00123 and 1e5 to numbers, an empty one to 0, true and
 * null to those of JavaScript.
 */
function quoteValue(line: string): string {
  const equals = line.indexOf("=");
  if (equals < 0 || line.trimStart().startsWith("[")) return line;
  return `${line.slice(0, equals)}="${line.slice(equals + 1).trim()}"`;
}

/** Takes a note away that follows a section's name, as the original does. */
function bareSection(line: string): string {
  return line.replace(/^(\s*\[[^\]]*\])\s*(?:[;#]|\/\/).*$/, "$1");
}

/** Keys whose values are secret. */
const SECRET = /passw|secret|^(old_)?key$/i;

/** What people may mean otherwise than it is read: the original too reads quotes and notes as part of a value. */
function odditiesOf(key: string, raw: string): string[] {
  const oddities: string[] = [];
  if (/^'.*'$/.test(raw)) {
    oddities.push("in single quotes, which are part of it");
  }
  if (SECRET.test(key) && /^".*"$/.test(raw)) {
    oddities.push("in double quotes, which are taken off");
  }
  if (/\s(?:[;#]|\/\/)/.test(raw) && !/^".*"$/.test(raw)) {
    oddities.push("with a note behind it, which is part of it");
  }
  return oddities;
}

/** The value for a message; of a secret its length alone. */
export function describeValue(key: string, text: string): string {
  return SECRET.test(key) ? `${text.length} characters` : JSON.stringify(text);
}

function unquote(text: string): string {
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}
