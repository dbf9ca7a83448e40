import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { LarsClient } from "../../api/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { eventually, sleep } from "../support/wait.ts";
import {
  assertFits,
  assertUsable,
  DESK,
  keepPicture,
  noBrowser,
  PHONE,
  tabTo,
  TestBrowser,
} from "./browser.ts";
import { Services } from "./services.ts";

const reason = await noBrowser();

const PASSWORD = "correct horse battery";

/** Time from the death of a host to its problem on Now, the first calls that fail included. */
const SEEN_MS_MAX = 5_000;

Deno.test({
  name: `an operator's first hour by keyboard alone, in Chromium${
    reason === undefined ? "" : `: ${reason}`
  }`,
  ignore: reason !== undefined,
  // The browser's pipes and timers end with it, not within each step.
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  await using services = new Services(3);
  await using lars = await LocalLars.start({
    routes: [],
    settings: [],
    web: true,
    conf: { agent: "[loadbalance]\npolicy = adaptive\n" },
    print: () => {},
  });
  await using browser = await TestBrowser.open();
  const origin = `http://${lars.addressOf("web")}`;
  await using client = LarsClient.open({ agent: lars.agent });
  const page = await browser.page(PHONE, origin);
  const [first, second, third] = services.addresses;
  let sick = "";

  await t.step("the one-time link makes the first user", async () => {
    const link = await Deno.readTextFile(`${lars.folder}/web-first-link`);
    await page.goto(link.trim());
    await type(page, "[name=name]", "alice");
    await type(page, "[name=password]", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${origin}/`);
    // Without any calls nothing is green.
    await page.getByText("No data").waitFor();
    assertEquals(await page.locator(".good").count(), 0);
  });

  await t.step("a route is added, and the agent has it", async () => {
    await press(page, "Routes");
    await page.waitForURL(`${origin}/routes`);
    await press(page, "Add a route");
    await type(page, "dialog [name=modId]", "1");
    await type(page, "dialog [name=cmdId]", "7");
    await type(page, "dialog [name=hosts]", `${first} ${second}`);
    await apply(page);
    await page.waitForURL(`${origin}/routes/1/7`);
    await eventually("the agent has both hosts", async () => {
      const route = await client.getRoute(1, 7);
      return route.state === "found" && route.hosts.length === 2;
    });
  });

  await t.step("the route is named", async () => {
    await press(page, "Names");
    await type(page, "dialog [name=name]", "charge");
    await apply(page);
    await assertFocused(page, "Names");
    await press(page, "Names");
    await tabTo(page, page.locator("dialog [name=what]"));
    await page.keyboard.press("ArrowDown");
    await type(page, "dialog [name=name]", "pay");
    await apply(page);
    await page.getByRole("heading", { name: "pay / charge (1/7)" }).waitFor();
  });

  await t.step("a third host is added", async () => {
    await press(page, "Add hosts");
    await type(page, "dialog [name=hosts]", third!);
    await type(page, "dialog [name=comment]", "deploy 881");
    await apply(page);
    services.call(client, { modId: 1, cmdId: 7 });
    await eventually(
      "the agent has three hosts",
      async () => {
        const route = await client.getRoute(1, 7);
        return route.state === "found" && route.hosts.length === 3;
      },
    );
  });

  await t.step(
    "a host is killed, and Now says why and what changed",
    async () => {
      await press(page, "Now");
      await page.waitForURL(`${origin}/`);
      await eventually("calls in the history", async () => {
        await sleep(200);
        return !(await page.innerText("h1")).includes("No data");
      }, { deadlineMs: 30_000 });
      // One that has calls, or nobody would notice.
      const busiest = services.calls.indexOf(Math.max(...services.calls));
      sick = services.addresses[busiest]!;
      services.kill(busiest);
      const problem = page.locator(".problem");
      await problem.getByText("refused").waitFor({ timeout: SEEN_MS_MAX });
      const text = await problem.innerText();
      assertStringIncludes(text, sick);
      assertStringIncludes(text, "out at 1 of 1 callers");
      assertStringIncludes(text, "deploy 881");
      await keepPicture(page, "now");
    },
  );

  await t.step("it is drained, and every caller has stopped", async () => {
    await press(page, `Drain ${sick} of pay / charge (1/7)`);
    await type(page, "dialog [name=reason]", "refuses connections");
    await keepPicture(page, "drain");
    await submit(page);
    // A pick whose answer came too late for the client is never reported: the agent
    // takes it for a call under way for two minutes.
    await page.getByText("Drained: no caller").waitFor({ timeout: 150_000 })
      .catch(
        async (error) => {
          const shown = await page.locator("dialog").innerText();
          throw new Error(`not drained: ${shown}`, { cause: error });
        },
      );
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    // Its button is gone, and yet the focus is not lost.
    assertEquals(
      await page.locator("#main:focus-within, #main:focus").count(),
      1,
    );
    // On Now the problem may be over by now.
    await press(page, "Routes");
    await page.waitForURL(`${origin}/routes`);
    await press(page, "pay / charge (1/7)");
    await page.waitForURL(`${origin}/routes/1/7`);
    await page.getByText("refuses connections").first().waitFor();
    await keepPicture(page, "route");
  });

  await t.step("the deploy is taken back", async () => {
    await press(page, "Changes");
    await page.waitForURL(`${origin}/changes`);
    await tabTo(
      page,
      page.getByRole("listitem").filter({ hasText: "deploy 881" })
        .getByRole("link"),
    );
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/changes\/\d+$/);
    await press(page, "Undo …");
    await apply(page);
    await eventually("the agent has two hosts", async () => {
      const route = await client.getRoute(1, 7);
      return route.state === "found" && route.hosts.length === 2;
    });
    await keepPicture(page, "change");
  });

  await t.step("whoever logs out sees nothing", async () => {
    await press(page, "Log out");
    await page.waitForURL(/\/login/);
    await page.goto(`${origin}/routes?q=pay`);
    await page.waitForURL(/\/login\?to=/);
    await type(page, "[name=name]", "alice");
    await type(page, "[name=password]", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${origin}/routes?q=pay`);
    await page.getByRole("link", { name: "pay / charge (1/7)" }).waitFor();
  });

  await t.step("every page is usable, wide and narrow", async () => {
    const state = await page.context().storageState();
    const desk = await browser.page(DESK, origin);
    await desk.context().addCookies(state.cookies);
    for (
      const path of [
        "/",
        "/routes",
        "/routes/1/7",
        `/hosts/${first}`,
        "/fleet",
        "/changes",
        "/alarms",
        "/access",
        "/about",
      ]
    ) {
      for (const each of [page, desk]) {
        await each.goto(origin + path);
        await each.waitForSelector("#main");
        await assertFits(each);
        const name = path.split("/")[1] || "now";
        await keepPicture(each, each === desk ? `${name}-desk` : name);
      }
      await assertUsable(desk);
    }
  });

  // Chromium tells of the answer that says that nobody is logged in.
  const complaints = browser.complaints.filter((text) => !text.includes("401"));
  assertEquals(complaints, []);
  assert(services.calls.some((calls) => calls > 0));
});

/** Opens a link or a button by its name. */
async function press(page: Page, name: string): Promise<void> {
  await page.waitForSelector("#main");
  const target = page.getByRole("link", { name, exact: true })
    .or(page.getByRole("button", { name, exact: true }));
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** Types into a field. */
async function type(page: Page, field: string, text: string): Promise<void> {
  await tabTo(page, page.locator(field));
  await page.keyboard.type(text);
}

/** Does what the open dialog says, once it was checked. */
async function submit(page: Page): Promise<void> {
  await tabTo(page, page.locator("dialog [type=submit]:enabled"));
  await page.keyboard.press("Enter");
}

/** Likewise, until the dialog is over. */
async function apply(page: Page): Promise<void> {
  const dialog = page.locator("dialog").first();
  await submit(page);
  await dialog.waitFor({ state: "detached" }).catch(async (error) => {
    throw new Error(`not done: ${await dialog.innerText()}`, { cause: error });
  });
}

/** Fails unless a button has the focus, as after the dialog that it has opened. */
async function assertFocused(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  assert(await button.evaluate((it) => it.matches(":focus")), name);
}
