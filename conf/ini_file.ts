import { parse } from "@std/ini";
import { ConfigError } from "./config_error.ts";

/** A value as the file has it: text without its double quotes. */
export interface Entry {
  text: string;
  /** The section as the file spells it, for messages. */
  section: string;
}

/** Sections by name, each with its entries by key. */
export type Sections = Map<string, Map<string, Entry>>;

/** What an INI file holds. */
export interface IniFile {
  /** The file's name, for messages. */
  file: string;
  sections: Sections;
  /** What is odd but harmless, one sentence each. */
  warnings: string[];
}

/**
 * Parses INI text. Values stay text, as a password of digits is not a number. A
 * section that appears twice is one section; of a key given twice, the last counts.
 *
 * @throws {ConfigError} If it is not INI: names the line.
 */
export function parseIni(text: string, file: string): IniFile {
  const sections: Sections = new Map();
  const warnings: string[] = [];

  function keep(key: string, value: string, section?: string): string {
    const entry = { text: unquote(value), section: section ?? "" };
    if (section === undefined) {
      warnings.push(`"${file}" has ${key} before any section: it is ignored`);
      return value;
    }
    const entries = sections.get(section) ?? new Map<string, Entry>();
    if (entries.has(key)) {
      warnings.push(`"${file}" has [${section}] ${key} twice: the last counts`);
    }
    sections.set(section, entries.set(key, entry));
    return value;
  }

  // A section without keys reaches no reviver, but what it is there for counts:
  // [mysql] alone chooses the store.
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
  reviver: (key: string, value: string, section?: string) => string,
): object {
  try {
    return parse(trimLines(text), { reviver });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ConfigError(`Cannot load "${file}": ${cause.message}`, { cause });
  }
}

/** Editors leave a byte order mark and blanks, which the parser does not take. */
function trimLines(text: string): string {
  return text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)
    .map((line) => line.trim()).join("\n");
}

function unquote(text: string): string {
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}
