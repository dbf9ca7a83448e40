/**
 * Turns a value into another; gets it cast already: numbers, true, false and
 * null as such, text without its double quotes.
 */
export type ReviverFunction = (
  key: string,
  value: string | number | boolean | null,
  section?: string,
) => unknown;

/** Options for {@linkcode parse}. */
export interface ParseOptions {
  /** Takes each value as it is if not given. */
  reviver?: ReviverFunction;
}

/**
 * Parses INI text to an object: keys before the first section, and one object
 * per section. A section that appears twice replaces the first.
 *
 * @throws {SyntaxError} If a line is none of comment, section and key = value;
 * the message ends with "at line N".
 */
export function parse<T extends object>(
  text: string,
  options: ParseOptions = {},
): T {
  if (typeof text !== "string") {
    throw new SyntaxError(`Unexpected token ${text} in INI at line 0`);
  }
  const { reviver = (_key, value) => value } = options;
  const root = {} as T;
  let target: object = root;
  let section: string | undefined;

  for (const [index, untrimmed] of text.split(/\r\n|\n|\r/).entries()) {
    const line = untrimmed.trim();
    const lineNumber = index + 1;
    if (line === "" || /^(#|;|\/\/)/.test(line)) continue;
    if (line.startsWith("[")) {
      section = sectionName(line, lineNumber);
      target = {};
      define(root, section, target);
    } else {
      const [key, value] = keyAndValue(line, lineNumber);
      define(target, key, reviver(key, cast(value), section));
    }
  }
  return root;
}

function sectionName(line: string, lineNumber: number): string {
  if (!line.endsWith("]")) {
    throw new SyntaxError(
      `Unexpected end of INI section at line ${lineNumber}`,
    );
  }
  const name = line.slice(1, -1);
  if (name.trim() === "") {
    throw new SyntaxError(
      `Unexpected empty section name at line ${lineNumber}`,
    );
  }
  return name;
}

function keyAndValue(line: string, lineNumber: number): [string, string] {
  const equals = line.indexOf("=");
  if (equals < 0) {
    throw new SyntaxError(
      `Unexpected token ${line[0]} in INI at line ${lineNumber}`,
    );
  }
  const key = line.slice(0, equals).trim();
  if (key === "") {
    throw new SyntaxError(`Unexpected empty key name at line ${lineNumber}`);
  }
  return [key, line.slice(equals + 1).trim()];
}

/** The value that text stands for; text of nothing is 0, as the real package has it. */
function cast(text: string): string | number | boolean | null {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** Unlike an assignment, it makes an ordinary property of `__proto__` too. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
