import { assert, assertEquals } from "@std/assert";
import {
  type Browser,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import axe from "axe-core/axe.min.js" with { type: "text" };

/** Where Debian has Chromium. */
const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser for tests here; undefined: there is one. */
export async function noBrowser(): Promise<string | undefined> {
  try {
    await Deno.stat(CHROMIUM);
    return undefined;
  } catch {
    return `needs ${CHROMIUM}`;
  }
}

/** How a page is looked at. */
export interface Looks {
  width: number;
  colors: "light" | "dark";
  language?: "en" | "zh";
}

/** Height of each window. */
const HEIGHT = 844;

/** A phone at night, and a desk by day. */
export const PHONE: Looks = { width: 390, colors: "dark" };
export const DESK: Looks = { width: 1_440, colors: "light" };

/** A finding of axe-core that keeps people from using a page. */
interface Finding {
  id: string;
  impact: string;
  nodes: string[];
}

/** One Chromium for a file of tests, and what its pages complained of. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  /** Messages of consoles, errors of pages, and requests to anywhere but `origin`. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<TestBrowser> {
    return new TestBrowser(
      await chromium.launch({
        executablePath: CHROMIUM,
        args: ["--no-sandbox", "--disable-background-networking"],
      }),
    );
  }

  /** A page with cookies of its own. @param origin The only address that it may ask. */
  async page(
    { width, colors, language = "en" }: Looks,
    origin: string,
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height: HEIGHT },
      colorScheme: colors,
      locale: language === "zh" ? "zh-CN" : "en-GB",
      timezoneId: "UTC",
      // Colours are what they are at once, not after a transition.
      reducedMotion: "reduce",
      hasTouch: width < 500,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const complain = (text: string) =>
      this.complaints.push(`${page.url()} at ${width}: ${text}`);
    page.on("console", (message) => complain(message.text()));
    page.on("pageerror", ({ message }) => complain(message));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin)) complain(`asks ${request.url()}`);
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Part of a page that axe-core looks at, and what for; default: all of it, for everything. */
export interface Usability {
  /** CSS selector of the part. */
  within?: string;
  /** Whether it looks at colours alone, as where nothing else has changed. */
  colorsAlone?: boolean;
}

/** Fails where a page, as it is now, keeps people from using it. */
export async function assertUsable(
  page: Page,
  { within = "html", colorsAlone = false }: Usability = {},
): Promise<void> {
  if (await page.evaluate("!window.axe")) await page.evaluate(axe);
  const options = {
    resultTypes: ["violations"],
    ...colorsAlone ? { runOnly: ["color-contrast"] } : {},
  };
  const findings: Finding[] = await page.evaluate(`
    axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)})
      .then(({ violations }) =>
        violations.filter(({ impact }) => /serious|critical/.test(impact))
          .map(({ id, impact, nodes }) => ({
            id,
            impact,
            nodes: nodes.map(({ html }) => html),
          }))
      )`);
  assertEquals(findings, [], page.url());
}

/** Looks at an open page in another way. */
export async function lookAs(
  page: Page,
  { width, colors }: Looks,
): Promise<void> {
  await page.setViewportSize({ width, height: HEIGHT });
  await page.emulateMedia({ colorScheme: colors });
}

/** Most presses of Tab to anything on a page. */
const TABS_MAX = 150;

/**
 * Moves the focus to something as people without a mouse do: by Tab alone. Fails
 * where that does not reach it, or where one cannot see that it has.
 */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const element = target.first();
  await element.waitFor();
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    if (await element.evaluate((it) => it.matches(":focus"))) {
      assert(await hasFocusRing(page), `no focus ring on ${target}`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`${TABS_MAX} tabs do not reach ${target}`);
}

/** Whether one can see what has the focus. */
function hasFocusRing(page: Page): Promise<boolean> {
  return page.evaluate(`(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && style.outlineWidth !== "0px";
  })()`);
}

/** Fails where a page is wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const excess = await page.evaluate(
    "document.documentElement.scrollWidth - innerWidth",
  );
  assertEquals(excess, 0, `${page.url()} is wider than the screen`);
}

/** Keeps a picture where `LARS_SCREENSHOTS` names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("LARS_SCREENSHOTS");
  if (folder === undefined) return;
  await Deno.mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
