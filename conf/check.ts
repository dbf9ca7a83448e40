import type { z } from "zod";
import { ConfigError } from "./config_error.ts";
import type { Entry, IniFile, Sections } from "./ini_file.ts";

/** A configuration and what was odd about its file, one sentence each. */
export interface Loaded<Config> {
  config: Config;
  warnings: string[];
}

/** The sections of a file, each with its settings. */
export type FileSchema = z.ZodObject<Record<string, z.ZodObject>>;

/** Names a section may have besides its own. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Checks what a file holds. Sections and keys that the schema does not have are
 * ignored with a warning.
 *
 * @throws {ConfigError} At the first value that is not allowed.
 */
export function checkIni<Schema extends FileSchema>(
  schema: Schema,
  ini: IniFile,
  aliases: Aliases = {},
): Loaded<z.output<Schema>> {
  const sections = joinAliases(ini.sections, aliases);
  const input: Record<string, Record<string, string>> = {};
  for (const section of Object.keys(schema.shape)) {
    const entries = [...sections.get(section) ?? []];
    input[section] = Object.fromEntries(
      entries.map(([key, entry]) => [key, entry.text]),
    );
  }
  const result = schema.safeParse(input);
  if (!result.success) throw explain(result.error, ini.file, sections);
  return {
    config: result.data,
    warnings: [...ini.warnings, ...unknownNames(schema, ini.file, sections)],
  };
}

/** Where a setting is given under both names of a section, the right one counts. */
function joinAliases(sections: Sections, aliases: Aliases): Sections {
  const joined: Sections = new Map(sections);
  for (const [alias, section] of Object.entries(aliases)) {
    const entries = joined.get(alias);
    if (entries === undefined) continue;
    joined.delete(alias);
    joined.set(section, new Map([...entries, ...joined.get(section) ?? []]));
  }
  return joined;
}

function explain(
  error: z.ZodError,
  file: string,
  sections: Sections,
): ConfigError {
  const issue = error.issues[0];
  const [section, key] = (issue?.path ?? []).map(String);
  const entry = sections.get(section ?? "")?.get(key ?? "");
  return new ConfigError(
    `Cannot load "${file}" as [${
      entry?.section ?? section
    }] ${key} ${issue?.message}: current value is ${quote(entry)}`,
  );
}

/** Strings are quoted, numbers are not. */
function quote(entry: Entry | undefined): string {
  const text = entry?.text ?? "";
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? text : JSON.stringify(text);
}

function unknownNames(
  schema: FileSchema,
  file: string,
  sections: Sections,
): string[] {
  const warnings: string[] = [];
  for (const [section, entries] of sections) {
    const fields = Object.hasOwn(schema.shape, section)
      ? schema.shape[section]
      : undefined;
    if (fields === undefined) {
      const hint = suggestion(section, Object.keys(schema.shape));
      warnings.push(
        `"${file}" has an unknown section [${section}]: it is ignored${hint}`,
      );
      continue;
    }
    for (const [key, entry] of entries) {
      if (Object.hasOwn(fields.shape, key)) continue;
      const hint = suggestion(key, Object.keys(fields.shape));
      warnings.push(
        `"${file}" has an unknown key [${entry.section}] ${key}: it is ignored${hint}`,
      );
    }
  }
  return warnings;
}

/** Mistakes in typing are about so far from what was meant. */
const DISTANCE_MAX = 2;

function suggestion(name: string, known: string[]): string {
  const distances = known.map((word) => ({ word, far: distance(name, word) }));
  const nearest = distances.sort((a, b) => a.far - b.far)[0];
  return nearest !== undefined && nearest.far <= DISTANCE_MAX
    ? `, did you mean "${nearest.word}"?`
    : "";
}

/** How many letters must be added, dropped or changed, letter case aside. */
function distance(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const changed = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
