import { createHash } from "node:crypto";
import { posix } from "node:path";
import { gzipSync } from "node:zlib";
import litDirectiveHelpers from "lit-html/directive-helpers.js" with {
  type: "text",
};
import litDirective from "lit-html/directive.js" with { type: "text" };
import litRepeat from "lit-html/directives/repeat.js" with { type: "text" };
import lit from "lit-html" with { type: "text" };
import pico from "@picocss/pico/css/pico.classless.min.css" with {
  type: "text",
};
import picoLicence from "@picocss/pico/LICENSE.md" with { type: "text" };
import uplotLicence from "uplot/LICENSE" with { type: "text" };
import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import { BROWSER_FILES } from "./browser_files.ts";

/** Age that a browser may keep a file for, as its address holds a hash: a year. */
const CACHE_CONTROL = "public, max-age=31536000, immutable";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
};

/** Our own styles among the files of the browser. */
const STYLES = "console.css";

/** Files of others, as their packages have them; names are paths below the hash. */
const LIBRARY_FILES: Readonly<Record<string, string>> = {
  "lit-html/directive-helpers.js": litDirectiveHelpers,
  "lit-html/directive.js": litDirective,
  "lit-html/directives/repeat.js": litRepeat,
  "lit-html/lit-html.js": lit,
  "licences/pico.txt": picoLicence,
  "licences/uplot.txt": uplotLicence,
  "uplot.js": uplot,
};

/** A file that a browser may ask for. */
interface Asset {
  type: string;
  /** Paths of the modules that it imports. */
  imports: readonly string[];
  identity: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
}

/** The files of the console's pages, each packed once. */
export class Assets {
  /** Hash of all files: 16 hexadecimal digits, part of every address. */
  readonly hash: string;
  readonly #assets = new Map<string, Asset>();

  /** Packs every file; takes some 50 ms. */
  constructor() {
    const hash = createHash("sha256");
    for (const [path, text] of Object.entries(allFiles())) {
      hash.update(`${path}\0${text}\0`);
      const identity = new TextEncoder().encode(text);
      this.#assets.set(path, {
        type: MEDIA_TYPES[path.slice(path.lastIndexOf(".") + 1)]!,
        imports: importsOf(path, text),
        identity,
        gzip: new Uint8Array(gzipSync(identity, { level: 9 })),
      });
    }
    this.hash = hash.digest("hex").slice(0, 16);
  }

  /** Bytes of a file on the wire; undefined: there is none. */
  gzipBytes(path: string): number | undefined {
    return this.#assets.get(path)?.gzip.length;
  }

  /** Whether there is a file. */
  has(path: string): boolean {
    return this.#assets.has(path);
  }

  /** Paths of all files below the hash. */
  paths(): string[] {
    return [...this.#assets.keys()];
  }

  /** Paths of modules and of all that they import at once, not of what they load later. */
  modulesOf(entries: readonly string[]): readonly string[] {
    const found = new Set(entries);
    // Paths that are added on the way are visited too.
    for (const path of found) {
      for (const name of this.#assets.get(path)?.imports ?? []) found.add(name);
    }
    return [...found];
  }

  /** Answers with a file. @param path Path below the hash. */
  respond(path: string, request: Request): Response {
    const asset = this.#assets.get(path);
    if (asset === undefined) {
      return new Response("no such file\n", { status: 404 });
    }
    const isGzip = /\bgzip\b/.test(
      request.headers.get("accept-encoding") ?? "",
    );
    return new Response(isGzip ? asset.gzip : asset.identity, {
      headers: {
        "cache-control": CACHE_CONTROL,
        "content-type": asset.type,
        "vary": "accept-encoding",
        ...(isGzip ? { "content-encoding": "gzip" } : {}),
      },
    });
  }
}

function importsOf(path: string, text: string): string[] {
  if (!path.endsWith(".js") || path === "uplot.js") return [];
  const statements = /\b(?:import|from)\s*"(\.[^"]+)"/g;
  return [...text.matchAll(statements)].map(([, name]) =>
    posix.join(posix.dirname(path), name!)
  );
}

function allFiles(): Record<string, string> {
  const own = Object.entries(BROWSER_FILES)
    .filter(([name]) => name !== STYLES)
    .map(([name, text]) =>
      [`app/${name}`, name.endsWith(".js") ? served(text) : text] as const
    );
  return {
    ...LIBRARY_FILES,
    // One file: a page waits for all of them.
    "style.css": [pico, uplotCss, servedStyles(BROWSER_FILES[STYLES]!)].join(
      "\n",
    ),
    ...Object.fromEntries(own),
  };
}

/** Styles of ours as browsers get them: without comments and indentation. */
function servedStyles(styles: string): string {
  return styles.replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/\n\s+/g, "\n");
}

/**
 * A module of ours as browsers get it: without comments and indentation, a quarter
 * of its bytes, and with the addresses of lit-html in place of the names of its
 * package. Comments are `//` lines, and those for tools: in these modules no other
 * line begins as they do.
 */
function served(module: string): string {
  return module
    .replaceAll(/\/\*\* [^\n]*?\*\/ ?/g, "")
    .split("\n")
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !/^(?:\/\/|\/\*\*|\*)/.test(line))
    .join("\n")
    .replaceAll(
      /from "lit-html(\/[^"]*)?"/g,
      (_, path = "/lit-html.js") => `from "../lit-html${path}"`,
    );
}
