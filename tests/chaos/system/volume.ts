/** A folder on a small file system of its own, which can be full or read-only. */
export interface Volume extends AsyncDisposable {
  readonly name: string;
  fill(): Promise<void>;
  empty(): Promise<void>;
  /** Whoever opens a file from now on cannot write. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
}

const FILLER = "filler";

/** Bytes that are written at a time until nothing more fits. */
const FILLER_BYTES = 64 * 1024;

/** Why no volume can be mounted here, or undefined if one can. */
export async function whyNoVolumes(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    return "file systems are mounted on Linux only";
  }
  const folder = await Deno.makeTempDir({ prefix: "lars-volume-" });
  try {
    await using _volume = await mountVolume("trial", { folder, size: "1m" });
  } catch (error) {
    return `no file system can be mounted: ${String(error).trim()}`;
  } finally {
    await Deno.remove(folder);
  }
}

/** Mounts a file system of its own at a folder. @throws {Error} If that cannot be. */
export async function mountVolume(
  name: string,
  { folder, size }: { folder: string; size: string },
): Promise<Volume> {
  await run("mount", "-t", "tmpfs", "-o", `size=${size}`, "lars-chaos", folder);
  const filler = `${folder}/${FILLER}`;
  return {
    name,
    fill: () => fill(filler),
    empty: () => Deno.remove(filler),
    async lock() {
      // The file system itself cannot be locked under those who write to it, nor
      // can another way to it once they use that: it is made aside.
      const aside = `${folder}.locked`;
      await Deno.mkdir(aside, { recursive: true });
      await run("mount", "--bind", folder, aside);
      await run("mount", "-o", "remount,ro,bind", aside);
      await run("mount", "--bind", aside, folder);
      await run("umount", aside);
    },
    async unlock() {
      // Those who opened files meanwhile keep them.
      await run("umount", "--lazy", folder);
    },
    [Symbol.asyncDispose]: () => run("umount", "--lazy", folder),
  };
}

async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  for (let bytes = FILLER_BYTES; bytes >= 1;) {
    try {
      if (await file.write(new Uint8Array(bytes)) === 0) return;
    } catch {
      bytes = bytes >> 1;
    }
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args })
    .output();
  if (success) return;
  throw new Error(new TextDecoder().decode(stderr));
}
