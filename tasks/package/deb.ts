import { createHash } from "node:crypto";
import type { Scripts } from "./scripts.ts";
import { bytesOf, type PackagedFile, run, writeTree } from "./tree.ts";

/** A Debian package. */
export interface DebPackage {
  name: string;
  /** Names and relations as in Depends. */
  depends: readonly string[];
  /** One line, then paragraphs. */
  summary: string;
  description: string;
  files: readonly PackagedFile[];
  scripts?: Scripts;
}

/** What is the same for all packages. */
export interface DebOptions {
  version: string;
  /** "amd64" or "arm64". */
  architecture: string;
  /** Unix time of every file, in seconds. */
  epoch: number;
  /** Folder in which the tree is laid out. */
  staging: string;
  /** Folder for the result. */
  output: string;
  /** Whether to compress little. */
  fast: boolean;
}

/** Who answers for the packages. */
export const MAINTAINER = "The Lars authors <lars@users.noreply.github.com>";

/** Builds a package; the same files make the same bytes. Returns its path. */
export async function buildDeb(
  deb: DebPackage,
  { version, architecture, epoch, staging, output, fast }: DebOptions,
): Promise<string> {
  const root = `${staging}/${deb.name}`;
  const { kilobytes, md5sums } = await measure(deb.files);
  const configuration = deb.files.filter(({ path }) => path.startsWith("etc/"));
  await writeTree(
    root,
    [
      ...deb.files,
      {
        path: "DEBIAN/control",
        content: `Package: ${deb.name}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: ${deb.depends.join(", ")}
Section: net
Priority: optional
Description: ${deb.summary}
${deb.description.replaceAll(/^/gm, " ")}
`,
      },
      {
        path: "DEBIAN/conffiles",
        content: configuration.map(({ path }) => `/${path}\n`).join(""),
      },
      { path: "DEBIAN/md5sums", content: md5sums },
      ...Object.entries(deb.scripts ?? {}).map(([name, content]) => ({
        path: `DEBIAN/${name}`,
        content,
        executable: true,
      })),
    ].filter(({ content }) => content !== ""),
  );
  const path = `${output}/${deb.name}_${version}_${architecture}.deb`;
  await run("dpkg-deb", [
    "--root-owner-group",
    ...fast ? ["-Zgzip", "-z1"] : ["-Zxz"],
    "--build",
    root,
    path,
  ], {
    env: { SOURCE_DATE_EPOCH: String(epoch) },
  });
  return path;
}

/** Size and checksums of files, each read once. */
async function measure(
  files: readonly PackagedFile[],
): Promise<{ kilobytes: number; md5sums: string }> {
  let bytes = 0;
  let md5sums = "";
  for (const file of files) {
    const content = await bytesOf(file);
    bytes += content.length;
    // Those of /etc are a person's to change.
    if (file.path.startsWith("etc/")) continue;
    const sum = createHash("md5").update(content).digest("hex");
    md5sums += `${sum}  ${file.path}\n`;
  }
  return { kilobytes: Math.ceil(bytes / 1_024), md5sums };
}
