import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Console } from "../../web/console/mod.ts";
import { addPast, COMES, GOES, STAYS } from "../../web/testing/past_sample.ts";
import { WebFixture } from "../../web/testing/web_fixture.ts";
import { eventually } from "../support/wait.ts";
import {
  assertFits,
  assertUsable,
  DESK,
  keepPicture,
  lookAs,
  noBrowser,
  PHONE,
  tabTo,
  TestBrowser,
} from "./browser.ts";

/** Header by which the proxy of this test says who asks. */
const USER_HEADER = "x-user";

/** What pages say of a moment before the deploy, and what of one after it. */
interface Seen {
  path: string;
  before: readonly string[];
  after: readonly string[];
}

const PAGES: readonly Seen[] = [
  {
    path: "/",
    before: ["No problems"],
    after: ["1 problem", "deploy 881", "refused"],
  },
  { path: "/routes", before: ["20", "0 %"], after: ["1 drained", "50 %"] },
  { path: "/routes/1/7", before: [GOES, "50"], after: [COMES, "adaptive"] },
  {
    path: `/hosts/${STAYS}`,
    before: ["1/7", "2/1", "in use"],
    after: ["drained", "kernel update"],
  },
  { path: "/fleet", before: ["gone"], after: ["gone"] },
  { path: "/changes", before: ["+3 hosts"], after: ["deploy 881"] },
  { path: "/alarms", before: ["No alarm"], after: ["Calls fail"] },
];

const reason = await noBrowser();

Deno.test({
  name: `pages of the past in Chromium${
    reason === undefined ? "" : `: ${reason}`
  }`,
  ignore: reason !== undefined,
  // The browser's pipes and timers end with it, not within each step.
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  await using browser = await TestBrowser.open();
  await using fixture: WebFixture = await WebFixture.open({
    proxies: ["127.0.0.1"],
    userHeader: USER_HEADER,
    pages: (ask) =>
      new Console({
        base: "",
        version: "0.0.0",
        ask,
        nowMs: () => fixture.clock.wallSeconds() * 1_000,
      }),
  });
  await fixture.admin.putUser({
    name: "alice",
    password: undefined,
    scopes: ["admin"],
    createdAt: 0,
  }, { actor: "test" });
  const moments = await addPast(fixture);
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/api/")) asked.push(pathname);
      return fixture.web.app.handle(request, "127.0.0.1");
    },
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const page = await browser.page(PHONE, origin);
  await page.setExtraHTTPHeaders({ [USER_HEADER]: "alice" });
  await page.clock.install();
  const open = async (path: string) => {
    await page.goto(origin + path);
    await page.waitForSelector("#main");
  };

  await t.step("each page is as it was, and only looks", async () => {
    for (const { path, before, after } of PAGES) {
      await open(`${path}?at=${moments.before}`);
      const then = await page.innerText("#main");
      for (const text of before) assertStringIncludes(then, text, path);
      for (const text of after.filter((text) => !before.includes(text))) {
        assert(!then.includes(text), `${path} ${text}`);
      }
      await lookAs(page, PHONE);
      await open(`${path}?at=${moments.after}`);
      const shown = await page.innerText("#main");
      for (const text of after) assertStringIncludes(shown, text, path);
      const banner = page.getByRole("status");
      assertStringIncludes(await banner.innerText(), "As it was at");
      // Nothing to do but to look elsewhere, and to log out.
      assertEquals(await page.locator("#main button").count(), 0, path);
      const name = path.slice(1).replaceAll(/[/:]/g, "-") || "now";
      await assertFits(page);
      await assertUsable(page);
      await keepPicture(page, `past-${name}`);
      await lookAs(page, DESK);
      await assertFits(page);
      await assertUsable(page, { colorsAlone: true });
      await keepPicture(page, `past-${name}-desk`);
    }
  });

  await t.step("it asks for nothing again, and is never stale", async () => {
    await open(`/?at=${moments.after}`);
    asked.length = 0;
    await page.clock.runFor(60_000);
    // Whatever it had asked for would be here before the answer to this.
    await page.evaluate("fetch('/healthz').then((it) => it.text())");
    assertEquals(asked, []);
    assertEquals(await page.locator("header [role=alert]").count(), 0);
    // A page of now does ask.
    await open("/");
    await eventually("a question", async () => {
      await page.clock.runFor(1_000);
      return asked.includes("/api/v1/now");
    });
  });

  await t.step(
    "links keep the moment, filters too, and there is a way back",
    async () => {
      await open(`/routes?q=1%2F7&at=${moments.before}`);
      await page.getByRole("link", { name: "1/7" }).click();
      await page.waitForURL(`**/routes/1/7?at=${moments.before}`);
      await page.getByRole("link", { name: GOES }).click();
      await page.waitForURL(`**/hosts/${GOES}?at=${moments.before}`);
      await page.goBack();
      await page.goBack();
      await page.waitForURL(/q=1%2F7/);
      assertEquals(await page.inputValue("[name=q]"), "1/7");
      await page.getByRole("link", { name: "Back to now" }).click();
      await page.waitForURL(`${origin}/routes?q=1%2F7`);
      await page.getByRole("button", { name: "Add a route" }).waitFor();
    },
  );

  await t.step("a search of the past stays there", async () => {
    await open(`/routes?at=${moments.before}`);
    await page.fill("[name=q]", GOES);
    await page.clock.runFor(1_000);
    await page.getByText("1 route, that is all").waitFor();
    const { searchParams } = new URL(page.url());
    assertEquals([...searchParams].sort(), [
      ["at", moments.before],
      ["q", GOES],
    ]);
  });

  await t.step("by keyboard to a moment, and on", async () => {
    await open("/routes/1/7");
    await tabTo(page, page.getByRole("button", { name: "Earlier …" }));
    await page.keyboard.press("Enter");
    const field = page.locator("dialog [name=at]");
    await field.fill(moments.before.replace("Z", ""));
    await tabTo(page, page.locator("dialog [type=submit]"));
    await page.keyboard.press("Enter");
    await page.waitForURL((url) =>
      url.searchParams.get("at") === moments.before
    );
    await page.getByRole("link", { name: GOES }).waitFor();
    await page.getByRole("button", { name: "Another time …" }).click();
    assertEquals(await field.inputValue(), moments.before.replace("Z", ""));
    await page.keyboard.press("Escape");
    await tabTo(page, page.getByRole("link", { name: "An hour earlier" }));
    await page.keyboard.press("Enter");
    await page.getByText("There was no route (1, 7) then").waitFor();
    browser.complaints.length = 0; // Chromium tells of the 404.
  });

  await t.step("a change leads to what was before it", async () => {
    await open("/changes");
    await page.getByRole("link", { name: /settings/ }).first().click();
    await page.getByRole("link", { name: "The route before it" }).click();
    await page.getByRole("link", { name: GOES }).waitFor();
    assertEquals(new URL(page.url()).searchParams.get("at"), moments.before);
  });

  await t.step("the table of a chart leads to its minutes", async () => {
    await open(`/routes/1/7?at=${moments.after}`);
    await page.locator("details > summary").click();
    await page.locator("details tbody th a").last().click();
    await page.getByRole("link", { name: GOES }).waitFor();
    assertEquals(await page.locator("details tbody tr").count(), 1);
  });

  await t.step("what keeps no past offers none", async () => {
    await open(`/access?at=${moments.before}`);
    assertEquals(await page.getByRole("status").count(), 0);
    const earlier = page.getByRole("button", { name: "Earlier …" });
    assertEquals(await earlier.count(), 0);
    await page.getByRole("link", { name: "Routes" }).click();
    await page.waitForURL(`${origin}/routes`);
    await earlier.waitFor();
  });

  await t.step("filters and pages of lists are addresses", async () => {
    await open("/routes?q=1%2F7&sort=calls&state=drained");
    assertEquals(await page.inputValue("[name=sort]"), "calls");
    assertEquals(await page.inputValue("[name=state]"), "drained");
    await page.selectOption("[name=state]", "");
    await page.clock.runFor(1_000);
    await page.waitForURL(`${origin}/routes?q=1%2F7&sort=calls`);
    await page.getByRole("link", { name: "1/7" }).click();
    await page.waitForURL("**/routes/1/7");
    await page.goBack();
    await page.waitForURL(`${origin}/routes?q=1%2F7&sort=calls`);
    assertEquals(await page.inputValue("[name=sort]"), "calls");
    await open("/routes?limit=1");
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByRole("link", { name: "2/1" }).waitFor();
    await page.getByRole("link", { name: "First page" }).click();
    await page.getByRole("link", { name: "1/7" }).waitFor();
    assertEquals(new URL(page.url()).search, "?limit=1");
  });

  await t.step("a moment that cannot be is refused in words", async () => {
    await open("/fleet?at=2100-01-01T00:00:00Z");
    await page.getByText("There is nothing of 2100").waitFor();
    await page.getByRole("link", { name: "Back to now" }).click();
    await page.waitForURL(`${origin}/fleet`);
  });

  assertEquals(browser.complaints, []);
});
