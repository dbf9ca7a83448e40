import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { Page } from "playwright-core";
import { BROWSER_FILES } from "../../web/console/browser_files.ts";
import { SampleConsole } from "../../web/testing/sample_console.ts";
import {
  assertFits,
  assertUsable,
  DESK,
  lookAs,
  noBrowser,
  PHONE,
  TestBrowser,
} from "./browser.ts";

/** Every page but the one of an address that is none. */
const PATHS = [
  "/",
  "/routes",
  "/routes/1/7",
  "/hosts/10.0.3.17:80",
  "/fleet",
  "/changes",
  "/changes/881",
  "/changes/882",
  "/alarms",
  "/access",
  "/about",
  "/login",
  "/first",
];

/** Those that have a past, of which past_test.ts has more to say. */
const PAST_PATHS = [
  "/",
  "/routes",
  "/routes/1/7",
  "/hosts/10.0.3.17:80",
  "/fleet",
  "/changes",
  "/changes/881",
  "/alarms",
].map((path) => `${path}?at=2026-11-29T03:06:00Z`);

/** The key of a text, as it is shown where nothing has loaded the text. */
const TEXT_KEYS = new RegExp(
  Object.entries(BROWSER_FILES)
    .filter(([path]) => path.startsWith("texts/en/"))
    .flatMap(([, text]) => [...text.matchAll(/^ {2}"(\w+\.[\w.]+)":/gm)])
    .map(([, key]) => `\\b${key!.replaceAll(".", "\\.")}\\b`).join("|"),
  "g",
);

/** A dialog. */
interface Dialog {
  /** The function of `actions.js` that opens it. */
  action: string;
  /** The page with the button that opens it. */
  path: string;
  button: string | RegExp;
  /** What makes its form whole. */
  fill?: Readonly<Record<string, string>>;
  /** Text of the dialog that follows when it is sent. */
  next?: string;
}

/** Every dialog. */
const DIALOGS: readonly Dialog[] = [
  { action: "openRevert", path: "/", button: /^Undo/ },
  {
    action: "openDrain",
    path: "/",
    button: /^Drain 10\.0\.3\.17/,
    fill: { reason: "it's dead" },
    next: "62 of 65 callers stopped",
  },
  {
    action: "openNewRoute",
    path: "/routes",
    button: "Add a route",
    fill: { modId: "3", cmdId: "4", hosts: "10.0.0.1:80" },
  },
  {
    action: "openAddHosts",
    path: "/routes/1/7",
    button: "Add hosts",
    fill: { hosts: "10.0.0.1:80" },
  },
  { action: "openSettings", path: "/routes/1/7", button: "Settings" },
  {
    action: "openHostEdit",
    path: "/routes/1/7",
    button: "Edit 10.0.3.20:80",
    fill: { weight: "50" },
  },
  {
    action: "openRemoveHosts",
    path: "/routes/1/7",
    button: "Remove 10.0.3.20:80",
  },
  {
    action: "openUndrain",
    path: "/routes/1/7",
    button: "End drain of 10.0.3.19:80",
  },
  {
    action: "openNames",
    path: "/routes/1/7",
    button: "Names",
    fill: { name: "charge" },
  },
  {
    action: "openDrainAll",
    path: "/hosts/10.0.3.17:80",
    button: "Drain in all routes",
    fill: { reason: "moves" },
  },
  {
    action: "openRemoveInstance",
    path: "/hosts/10.0.3.17:80",
    button: "Remove for good: 10.0.3.17:80 of 1/7",
  },
  { action: "openMoment", path: "/fleet", button: "Earlier …" },
  { action: "openGone", path: "/fleet", button: /^2 silent machines are gone/ },
  {
    action: "openSilence",
    path: "/alarms",
    button: /^Silence: /,
    fill: { reason: "known" },
  },
  { action: "openSilence", path: "/alarms", button: /^End silence: / },
  { action: "openAlarmTest", path: "/alarms", button: "Send a test …" },
  {
    action: "openToken",
    path: "/access",
    button: "Make a token",
    fill: { name: "ci", scopes: "read" },
    next: "lars_sample",
  },
  { action: "openRemoveToken", path: "/access", button: /^Remove.* ci$/ },
  {
    action: "openUser",
    path: "/access",
    button: "Add a user",
    fill: { name: "bob", password: "correct horse battery" },
  },
  {
    action: "openUser",
    path: "/access",
    button: /^Change.* alice$/,
    fill: { scopes: "read" },
  },
  { action: "openRemoveUser", path: "/access", button: /^Remove.* alice$/ },
  {
    action: "openPassword",
    path: "/access",
    button: "Change my password",
    fill: { before: "wrong", after: "correct horse battery" },
  },
];

const reason = await noBrowser();

Deno.test({
  name: `pages in Chromium${reason === undefined ? "" : `: ${reason}`}`,
  ignore: reason !== undefined,
  // The browser's pipes and timers end with it, not within each step.
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  await using browser = await TestBrowser.open();
  await using sample = new SampleConsole({ base: "/tools/lars" });
  const origin = new URL(sample.url("/")).origin;
  /** Fails where a text is missing: its key stands in its place. */
  const assertTexts = async (page: Page) => {
    const shown = await page.innerText("body");
    const keys = shown.match(TEXT_KEYS) ?? [];
    assertEquals(keys, [], page.url());
  };
  const open = async (looks: typeof PHONE, path: string) => {
    const page = await browser.page(looks, origin);
    await page.goto(sample.url(path));
    await page.waitForSelector("#main");
    return page;
  };

  await t.step(
    "every page, on a phone at night and a desk by day",
    async () => {
      const page = await open(PHONE, "/");
      for (const path of PATHS) {
        await lookAs(page, PHONE);
        await page.goto(sample.url(path));
        await page.waitForSelector("#main");
        for (const looks of [PHONE, DESK]) {
          await lookAs(page, looks);
          await assertUsable(page);
          await assertFits(page);
        }
        await assertTexts(page);
      }
      await page.context().close();
    },
  );

  await t.step("every page in Chinese", async () => {
    const page = await open({ ...PHONE, language: "zh" }, "/");
    for (const path of [...PATHS, ...PAST_PATHS]) {
      await page.goto(sample.url(path));
      await page.waitForSelector("#main");
      await assertFits(page);
      await assertTexts(page);
    }
    await page.context().close();
  });

  await t.step("every dialog, likewise", async () => {
    const opened = new Set(DIALOGS.map(({ action }) => action));
    const actions = BROWSER_FILES["actions.js"]!.matchAll(
      /^export const (\w+)/gm,
    );
    assertEquals(
      [...opened].sort(),
      [...actions].map(([, name]) => name).sort(),
    );
    const page = await open(PHONE, "/");
    const assertGood = async () => {
      const within = "dialog[open]";
      await assertUsable(page, { within });
      await assertFits(page);
      // Wide or narrow, the same elements are read aloud.
      await lookAs(page, DESK);
      await assertUsable(page, { within, colorsAlone: true });
      await assertFits(page);
      await lookAs(page, PHONE);
    };
    let at = "/";
    for (const { path, button, fill, next } of DIALOGS) {
      if (path !== at) await page.goto(sample.url(path));
      at = path;
      await openDialog(page, button, fill);
      const commands = page.locator("dialog summary");
      if (await commands.count() > 0) await commands.click();
      await assertTexts(page);
      await assertGood();
      if (next !== undefined) {
        await page.click("dialog [type=submit]");
        await page.locator("dialog[open]").getByText(next).first().waitFor();
        await assertGood();
      }
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog", { state: "detached" });
    }
    await page.context().close();
  });

  await t.step("names are text, whatever they hold", async () => {
    const page = await open(DESK, "/");
    assertStringIncludes(await page.innerText("#main"), "deploy <b>881</b>");
    await page.context().close();
  });

  await t.step("keys: rows, open, back, search", async () => {
    const page = await open(DESK, "/routes");
    for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/routes/2/1");
    await page.waitForSelector("#main");
    await page.keyboard.press("Escape");
    await page.waitForURL("**/routes");
    await page.waitForSelector("input[type=search]");
    await page.keyboard.press("/");
    await page.keyboard.type("pay");
    await page.waitForURL("**/routes?q=pay");
    // Where there is nothing to go back to, Esc leads to the page above.
    const other = await open(DESK, "/routes/1/7");
    await other.keyboard.press("Escape");
    await other.waitForURL(sample.url("/routes"));
    await other.context().close();
    browser.complaints.length = 0; // Of this sample there is no route 2/1.
    await page.context().close();
  });

  await t.step("a login leads to no other site", async () => {
    await using root = new SampleConsole();
    const page = await browser.page(DESK, new URL(root.url("/")).origin);
    for (const to of ["//evil.test", "/\\evil.test", "/\t/evil.test"]) {
      await page.goto(root.url(`/login?to=${encodeURIComponent(to)}`));
      await page.fill("[name=name]", "alice");
      await page.fill("[name=password]", "x");
      await page.keyboard.press("Enter");
      await page.waitForURL(root.url("/"));
    }
    await page.context().close();
  });

  await t.step(
    "an agent leads to the routes whose hosts it holds out",
    async () => {
      const page = await open(PHONE, "/fleet");
      await page.getByRole("link", { name: "holds hosts of 2 routes out" })
        .click();
      await page.waitForURL("**/routes?agent=*");
      await page.getByText("Routes of which one agent").waitFor();
      await assertFits(page);
      await assertUsable(page);
      await page.fill("[name=q]", "pay");
      await page.waitForURL("**/routes?agent=*&q=pay");
      await page.getByRole("link", { name: "all routes" }).click();
      await page.waitForURL("**/routes?q=pay");
      await page.context().close();
    },
  );

  await t.step("who is logged out comes back to the same filters", async () => {
    const page = await open(DESK, "/routes?q=pay&sort=calls");
    sample.answer = ({ path }) =>
      path.startsWith("/routes")
        ? Response.json({ status: 401 }, { status: 401 })
        : undefined;
    await page.getByRole("link", { name: "Log in" }).click();
    await page.waitForURL("**/login?to=*");
    assertEquals(
      new URL(page.url()).searchParams.get("to"),
      "/routes?q=pay&sort=calls",
    );
    sample.answer = () => undefined;
    browser.complaints.length = 0; // Chromium tells of the 401.
    await page.context().close();
  });

  await t.step("a change asks first, and sends what was shown", async () => {
    const page = await open(DESK, "/routes/1/7");
    sample.changes.length = 0;
    await openDialog(page, "Add hosts", { hosts: "10.0.0.1:80 10.0.0.2:80" });
    const apply = page.getByRole("button", { name: "Apply" });
    // The sample's dry run takes more than half of the hosts away.
    assert(await apply.isDisabled());
    await page.fill("[name=confirmation]", "1/7");
    await apply.click();
    await page.waitForSelector("dialog", { state: "detached" });
    const [dry, real, ...others] = sample.changes.filter(({ body }) =>
      body.includes("10.0.0.2:80")
    ).slice(-2);
    assertEquals(others, []);
    assertEquals([dry!.path, real!.path], ["/changes?dryRun=1", "/changes"]);
    assertEquals(dry!.body, real!.body);
    assertEquals(JSON.parse(real!.body), {
      edits: [{
        modId: 1,
        cmdId: 7,
        revision: "1".repeat(32),
        add: ["10.0.0.1:80", "10.0.0.2:80"].map((host) => ({
          host,
          weight: null,
          zone: null,
        })),
      }],
    });
    await page.context().close();
  });

  await t.step("of two people the second hears what has changed", async () => {
    const page = await open(DESK, "/routes/1/7");
    const ours = JSON.stringify("2".repeat(32));
    let isChanged = false;
    sample.answer = ({ method, path, body }) => {
      if (path === "/routes/1/7" && isChanged) {
        return sample.sample(path, (route) => {
          route.revision = "2".repeat(32);
          route.hosts.push({ host: "10.0.9.9:80", weight: null, zone: null });
        });
      }
      const isStale = method === "POST" && isChanged && !body.includes(ours);
      return isStale
        ? Response.json({ status: 412 }, { status: 412 })
        : undefined;
    };
    await openDialog(page, "Edit 10.0.3.20:80", { weight: "50" });
    await page.fill("[name=confirmation]", "1/7");
    await page.waitForSelector("dialog [type=submit]:enabled");
    isChanged = true;
    await page.getByRole("button", { name: "Apply" }).click();
    const notice = page.getByRole("alert");
    await notice.waitFor();
    assertStringIncludes(await notice.innerText(), "10.0.9.9:80");
    await page.fill("[name=confirmation]", "1/7");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    assertStringIncludes(sample.changes.at(-1)!.body, ours);
    sample.answer = () => undefined;
    browser.complaints.length = 0; // Chromium tells of each 412.
    await page.context().close();
  });

  await t.step(
    "sent again, a change whose answer was lost has the same key",
    async () => {
      const page = await open(DESK, "/");
      const keys: (string | null)[] = [];
      sample.answer = ({ path, headers }) => {
        if (!path.endsWith("/drain")) return undefined;
        keys.push(headers.get("idempotency-key"));
        return keys.length === 1
          ? Response.json({ status: 503 }, { status: 503 })
          : undefined;
      };
      await openDialog(page, /^Drain 10\.0\.3\.17/, { reason: "dead" });
      const drain = page.locator("dialog").getByRole("button", {
        name: "Drain",
      });
      await drain.click();
      await page.getByRole("alert").waitFor();
      await drain.click();
      await page.getByText("62 of 65 callers stopped").waitFor();
      assertEquals(keys.length, 2);
      assertEquals(keys[0], keys[1]);
      assertNotEquals(keys[0], null);
      sample.answer = () => undefined;
      browser.complaints.length = 0; // Chromium tells of each 503.
      await page.context().close();
    },
  );

  await t.step("a drain of a port in all routes ends as such", async () => {
    sample.answer = ({ path }) =>
      path === "/routes/1/7/status"
        ? sample.sample(path, ({ hosts }) => {
          for (const { drain } of hosts) if (drain) drain.allRoutes = true;
        })
        : undefined;
    const page = await open(DESK, "/routes/1/7");
    await openDialog(page, "End drain of 10.0.3.19:80", {});
    await page.locator("dialog [type=submit]").click();
    await page.waitForSelector("dialog", { state: "detached" });
    const { method, path } = sample.changes.at(-1)!;
    assertEquals([method, path], ["DELETE", "/hosts/10.0.3.19:80/drain"]);
    sample.answer = () => undefined;
    await page.context().close();
  });

  await t.step(
    "a page that is not answered says that it is stale",
    async () => {
      const page = await browser.page(PHONE, origin);
      await page.clock.install();
      await page.goto(sample.url("/"));
      await page.waitForSelector("#main");
      sample.answer = ({ path }) =>
        path === "/now" ? new Response(null, { status: 503 }) : undefined;
      await page.clock.runFor(12_000);
      assertStringIncludes(await page.innerText("header"), "Stale");
      assert(await page.getByRole("button", { name: /^Undo/ }).isEnabled());
      sample.answer = () => undefined;
      browser.complaints.length = 0; // Chromium tells of each 503.
      // One that asks less often is as it should be meanwhile.
      await page.goto(sample.url("/changes/881"));
      await page.waitForSelector("#main");
      await page.clock.runFor(25_000);
      assertEquals((await page.innerText("header")).includes("Stale"), false);
      await page.context().close();
    },
  );

  assertEquals(browser.complaints, []);
});

/** Opens a dialog and fills its form in, until what it would do is shown. */
async function openDialog(
  page: Page,
  button: string | RegExp,
  fill: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.waitForSelector("#main");
  await page.getByRole("button", { name: button, exact: true }).first().click();
  await page.waitForSelector("dialog[open]");
  for (const [name, value] of Object.entries(fill)) {
    await page.fill(`dialog [name=${name}]`, value);
  }
  await page.waitForSelector(
    "dialog [type=submit]:enabled, dialog [name=confirmation]",
  );
}
