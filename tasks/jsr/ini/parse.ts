/** Turns the text of a value into the value; gets the text trimmed, quotes included. */
export type ReviverFunction = (
  key: string,
  value: string,
  section?: string,
) => unknown;

/** Options for {@linkcode parse}. */
export interface ParseOptions {
  /** Replaces the default, which knows numbers, null, true, false and quotes. */
  reviver?: ReviverFunction;
}

/**
 * Parses INI text to an object: keys before the first section, and one object
 * per section. A section that appears twice replaces the first.
 *
 * A line of blanks, or one that begins with a blank, is a SyntaxError, as in the
 * real package: trim lines before if they may occur.
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
  const reviver = options.reviver ?? revive;
  const root = {} as T;
  let target: object = root;
  let section: string | undefined;

  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const lineNumber = index + 1;
    if (line === "" || /^(#|;|\/\/)/.test(line)) continue;
    if (line.startsWith("[")) {
      section = sectionName(line, lineNumber);
      target = {};
      define(root, section, target);
    } else {
      const [key, value] = keyAndValue(line, lineNumber);
      define(target, key, reviver(key, value, section));
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
  if (line.length <= "[]".length) {
    throw new SyntaxError(
      `Unexpected empty section name at line ${lineNumber}`,
    );
  }
  return line.slice(1, -1);
}

function keyAndValue(line: string, lineNumber: number): [string, string] {
  const equals = line.indexOf("=");
  if (equals < 0 || line.startsWith(" ") || line.startsWith("\t")) {
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

function revive(_key: string, text: string): unknown {
  if (!text.includes('"') && !Number.isNaN(Number(text))) return Number(text);
  if (text === "null") return null;
  if (text === "true") return true;
  if (text === "false") return false;
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
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
