/** On what is measured, a line each: figures of another machine are no comparison. */
export function machine(): string[] {
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return "";
    }
  };
  const model = /model name\s*:\s*(.*)/.exec(read("/proc/cpuinfo"))?.[1];
  const load = read("/proc/loadavg").split(" ").slice(0, 3).join(" ");
  return [
    `machine: ${navigator.hardwareConcurrency} cores, ${
      model ?? Deno.build.arch
    }, ${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`,
    `load average before: ${load || "not known"}`,
  ];
}
