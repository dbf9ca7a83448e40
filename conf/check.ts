import leven from "leven";
import type { z } from "zod";
import { type Field, keyOf } from "./fields.ts";
import {
  ConfigError,
  describeValue,
  type Entry,
  type IniFile,
  parseIni,
  readConfigFile,
  type Sections,
} from "./ini_file.ts";

/** A configuration as read from a file. */
export interface Loaded<Config> {
  /** The settings, with the default of each that the file leaves out. */
  config: Config;
  /** A sentence for each line that is ignored. */
  warnings: string[];
  /** Every setting as JSON, by "[section] key". */
  settings: ReadonlyMap<string, string>;
}

/** The settings of a section by the name that the program uses. */
export type SectionSchema = z.ZodObject<Record<string, Field>>;

/**
 * The sections of a file.
 *
 * @internal
 */
export type FileSchema = z.ZodObject<Record<string, SectionSchema>>;

/** One of the files that Lars is configured with. */
export interface ConfigFile<Config> {
  /** Its sections and keys. */
  readonly schema: FileSchema;
  /** The sections that a running service takes again from the file. */
  readonly reloads: readonly string[];
  /**
   * The configuration in the file at `path`.
   *
   * @throws {ConfigError} If it is not there, is not INI or has a value that is not allowed.
   */
  load(path: string): Promise<Loaded<Config>>;
  /**
   * The configuration in `text`; `file` is for messages.
   *
   * @throws {ConfigError} If it is not INI or has a value that is not allowed.
   */
  parse(text: string, file: string): Loaded<Config>;
}

/** What makes a {@linkcode ConfigFile}. */
export interface ConfigFileOptions<Schema extends FileSchema, Config> {
  schema: Schema;
  /** Other names of a section: name to section. */
  aliases?: Readonly<Record<string, string>>;
  reloads: readonly string[];
  /**
   * Arranges the settings of a file for the program.
   *
   * @throws {ConfigError} If they do not go together.
   */
  toConfig: (settings: z.output<Schema>, ini: IniFile) => Config;
}

/** A file with the sections and keys of `schema`; others are ignored with a warning. */
export function configFile<Schema extends FileSchema, Config>(
  { schema, aliases = {}, reloads, toConfig }: ConfigFileOptions<
    Schema,
    Config
  >,
): ConfigFile<Config> {
  function parse(text: string, file: string): Loaded<Config> {
    const ini = parseIni(text, file);
    joinAliases(ini.sections, aliases);
    const result = schema.safeParse(inputOf(schema, ini.sections));
    if (!result.success) throw explain(result.error, schema, ini);
    return {
      config: toConfig(result.data, ini),
      warnings: [...ini.warnings, ...unknownNames(schema, ini)],
      settings: settingsOf(schema, result.data),
    };
  }
  return {
    schema,
    reloads,
    parse,
    load: async (path) => parse(await readConfigFile(path), path),
  };
}

/** Moves settings to the section's own name; one that is given under both names counts as under this. */
function joinAliases(
  sections: Sections,
  aliases: Readonly<Record<string, string>>,
): void {
  for (const [alias, section] of Object.entries(aliases)) {
    const entries = sections.get(alias);
    if (entries === undefined) continue;
    sections.delete(alias);
    sections.set(
      section,
      new Map([...entries, ...sections.get(section) ?? []]),
    );
  }
}

/** The texts of the settings that the file gives, arranged as the schema is. */
function inputOf(
  schema: FileSchema,
  sections: Sections,
): Record<string, Record<string, string>> {
  const input: Record<string, Record<string, string>> = {};
  for (const [section, { shape }] of Object.entries(schema.shape)) {
    const texts: Record<string, string> = input[section] = {};
    for (const [name, field] of Object.entries(shape)) {
      const entry = sections.get(section)?.get(keyOf(name, field));
      if (entry !== undefined) texts[name] = entry.text;
    }
  }
  return input;
}

function settingsOf<Schema extends FileSchema>(
  schema: Schema,
  values: z.output<Schema>,
): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [section, { shape }] of Object.entries(schema.shape)) {
    const named: Record<string, unknown> = values[section]!;
    for (const [name, field] of Object.entries(shape)) {
      settings.set(
        `[${section}] ${keyOf(name, field)}`,
        JSON.stringify(named[name]) ?? "",
      );
    }
  }
  return settings;
}

function explain(
  error: z.ZodError,
  schema: FileSchema,
  { file, sections }: IniFile,
): ConfigError {
  const issue = error.issues[0];
  const [section = "", name = ""] = (issue?.path ?? []).map(String);
  const key = keyOf(name, schema.shape[section]!.shape[name]!);
  const entry = sections.get(section)?.get(key);
  return new ConfigError(
    `Cannot load "${file}" as [${
      entry?.section ?? section
    }] ${key} ${issue?.message}: current value is ${quote(key, entry)}`,
  );
}

/** The value as the message shows it: numbers bare, other text in double quotes. */
function quote(key: string, entry: Entry | undefined): string {
  const text = entry?.text ?? "";
  const shown = describeValue(key, text);
  const isShown = shown.startsWith('"');
  return isShown && /^[+-]?\d+(\.\d+)?$/.test(text) ? text : shown;
}

/**
 * A sentence for each unknown section and key.
 *
 * @throws {ConfigError} If one can only be meant for another: what it says would
 * silently not count.
 */
function unknownNames(
  schema: FileSchema,
  { file, sections }: IniFile,
): string[] {
  const warnings: string[] = [];
  const note = (what: string, name: string, known: string[]) => {
    const meant = meantBy(name, known);
    if (meant === undefined) {
      warnings.push(`"${file}" has an unknown ${what}: it is ignored`);
      return;
    }
    throw new ConfigError(
      `Cannot load "${file}" as it has an unknown ${what}: write "${meant}", or take it out`,
    );
  };
  for (const [section, entries] of sections) {
    if (!Object.hasOwn(schema.shape, section)) {
      note(`section [${section}]`, section, Object.keys(schema.shape));
      continue;
    }
    const { shape } = schema.shape[section]!;
    const keys = Object.entries(shape).map((each) => keyOf(...each));
    for (const [key, entry] of entries) {
      if (!keys.includes(key)) note(`key [${entry.section}] ${key}`, key, keys);
    }
  }
  return warnings;
}

/** Most letters that a typing error adds, drops or changes. */
const DISTANCE_MAX = 2;

/** The known name that `name` is nearest to, if a typing error explains it. */
export function meantBy(
  name: string,
  known: readonly string[],
): string | undefined {
  const [nearest] = known.map((word) => ({
    word,
    distance: leven(name.toLowerCase(), word.toLowerCase()),
  })).sort((a, b) => a.distance - b.distance);
  if (nearest === undefined || nearest.distance > DISTANCE_MAX) {
    return undefined;
  }
  // A name of two letters has others in common with nothing.
  const isOther = nearest.distance >= nearest.word.length;
  return isOther && !isMixed(name, nearest.word) ? undefined : nearest.word;
}

/** Whether one has the letters of the other in another order. */
function isMixed(one: string, other: string): boolean {
  const sorted = (text: string) => [...text.toLowerCase()].sort().join("");
  return sorted(one) === sorted(other);
}
