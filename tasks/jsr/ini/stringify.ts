/** Turns a value into the text that stands behind its key. */
export type ReplacerFunction = (
  key: string,
  value: unknown,
  section?: string,
) => string;

/** Options for {@linkcode stringify}. */
export interface StringifyOptions {
  /**
   * What ends a line.
   *
   * @default {"\n"}
   */
  lineBreak?: "\n" | "\r\n" | "\r";
  /**
   * Whether blanks stand around "=".
   *
   * @default {false}
   */
  pretty?: boolean;
  /** Replaces the default, which is the value as a template literal prints it. */
  replacer?: ReplacerFunction;
}

/**
 * Prints an object as INI: first its plain values, then a section for each
 * object in it. An object without keys is left out.
 */
export function stringify(
  object: object,
  options: StringifyOptions = {},
): string {
  const { lineBreak = "\n", pretty = false, replacer = print } = options;
  const assign = pretty ? " = " : "=";
  const plain: string[] = [];
  const sections: string[] = [];

  for (const [name, value] of Object.entries(object)) {
    if (typeof value !== "object" || value === null) {
      plain.push(name + assign + replacer(name, value));
      continue;
    }
    const entries = Object.entries(value);
    if (entries.length > 0) sections.push(`[${name}]`);
    for (const [key, inner] of entries) {
      sections.push(key + assign + replacer(key, inner, name));
    }
  }
  return [...plain, ...sections].join(lineBreak);
}

function print(_key: string, value: unknown): string {
  return `${value}`;
}
