import { ROOT } from "../../tasks/local/services.ts";

/** What a program printed, to both streams, and how it ended. */
export interface Printed {
  code: number;
  output: string;
}

/** Runs a program of another language to its end. */
export async function run(
  command: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Printed> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Whether a program can be run, and says so with code 0. */
export async function succeeds(...command: string[]): Promise<boolean> {
  try {
    return (await run(command)).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The code blocks of a page in a language. */
export async function codeBlocks(
  page: string,
  language: string,
): Promise<string[]> {
  const text = await Deno.readTextFile(ROOT + page);
  const [, ...starts] = text.split(`\`\`\`${language}\n`);
  return starts.map((start) => start.split("```\n")[0]!);
}
