/**
 * `deno task bench:console`: how long somebody waits for the console over 10,000
 * routes of 20 hosts, in Chromium over a real web. It prints figures and judges
 * nothing.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { print, SystemClock } from "../../net/mod.ts";
import type { HostRow } from "../../store/mod.ts";
import { openRouteStore } from "../../store/mod.ts";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import { residentMb } from "../../tasks/local/process_usage.ts";
import { storeOf } from "../../tasks/local/services.ts";
import { eventually, sleep } from "../support/wait.ts";
import { DESK, TestBrowser } from "./browser.ts";

const ROUTES = 10_000;
const HOSTS = 20;

/** Routes that one edit adds. */
const ROUTES_PER_EDIT = 250;

const ROUNDS = 10;

const PASSWORD = "correct horse battery";

/** First views: a page, and what it has once its numbers are there. */
const VIEWS = [
  { path: "/", has: "#main h1" },
  { path: "/routes", has: "#main tbody tr" },
  { path: "/routes/50/50", has: "#main tbody tr" },
  { path: "/hosts/10.0.50.50:8000", has: "#main h2" },
];

/** Searches: what is typed, and how many routes are found. */
const SEARCHES = [
  { text: "37/42", found: 1 },
  { text: "10.0.37.42", found: 20 },
  { text: "zone-7", found: 100 },
  { text: "37/429", found: 0 },
];

if (import.meta.main) {
  await using lars = await LocalLars.start({
    routes: [],
    web: true,
    print: (line) => / (error|fatal) /.test(line) && print(line),
  });
  // An edit waits for no writer, and other services write now and then.
  for (const name of ["web", "reporter", "dns"] as const) {
    await lars.stopService(name);
  }
  await fillStore(lars);
  await lars.startService("web");
  await using browser = await TestBrowser.open();
  const origin = `http://${lars.addressOf("web")}`;
  const page = await browser.page(DESK, origin);
  await page.goto(
    (await Deno.readTextFile(`${lars.folder}/web-first-link`)).trim(),
  );
  await page.fill("[name=name]", "alice");
  await page.fill("[name=password]", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${origin}/`);
  await eventually("web knows every route", async () => {
    await page.goto(`${origin}/routes?q=${ROUTES / 100 - 1}/99`);
    return await page.locator("#main tbody tr").count() === 1;
  }, { deadlineMs: 60_000 });
  const { cookies } = await page.context().storageState();

  for (const { path, has } of VIEWS) {
    const known = [];
    const fresh = [];
    for (let round = 0; round < ROUNDS; round++) {
      const other = await browser.page(DESK, origin);
      await other.context().addCookies(cookies);
      fresh.push(await viewMs(other, origin + path, has));
      known.push(await viewMs(other, origin + path, has));
      await other.context().close();
    }
    print(`first view of ${path}: ${figures(fresh)}`);
    print(`again, files known: ${figures(known)}`);
  }

  await page.goto(`${origin}/routes`);
  for (const { text, found } of SEARCHES) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.push(await searchMs(page, text, found));
    }
    print(`search of "${text}": ${figures(times)}`);
  }
  print(`memory of web: ${residentMb(lars.pidOf("web")!).toFixed(0)} MB`);
}

/** 10,000 routes, hosts shared by twenty routes each. */
async function fillStore(lars: LocalLars): Promise<void> {
  const place = { dataDir: lars.folder, clock: new SystemClock() };
  await using store = await openRouteStore(await storeOf(lars.folder), place);
  for (let first = 0; first < ROUTES; first += ROUTES_PER_EDIT) {
    const add: HostRow[] = [];
    for (let route = first; route < first + ROUTES_PER_EDIT; route++) {
      const [modId, cmdId] = [Math.floor(route / 100), route % 100];
      for (let host = 0; host < HOSTS; host++) {
        add.push({
          modId,
          cmdId,
          // 10.0.MODID.CMDID is the first host of its route, and in others too.
          ip: (10 << 24) + (modId << 8) + (cmdId + host) % 100,
          port: 8_000 + host,
          zone: `zone-${modId}`,
        });
      }
    }
    await store.edit({ add });
  }
}

/** Time from the navigation until a page is drawn. */
async function viewMs(page: Page, url: string, has: string): Promise<number> {
  await page.goto(url, { waitUntil: "commit" });
  return await page.evaluate(drawnWhen(`document.querySelector("${has}")`));
}

/** Time from the last key press until what it finds is drawn. */
async function searchMs(
  page: Page,
  text: string,
  found: number,
): Promise<number> {
  const field = page.locator("input[type=search]");
  await field.fill("");
  await page.waitForSelector("#main tbody tr:nth-child(100)");
  await field.fill(text.slice(0, -1));
  await sleep(1_000);
  await page.evaluate(`
    window.shown = document.querySelector("#main tbody")?.innerText;
    document.addEventListener("keydown", ({ timeStamp }) => {
      window.pressedMs = timeStamp;
    }, { once: true })`);
  await field.press(text.at(-1)!);
  const drawnMs: number = await page.evaluate(
    drawnWhen(
      `document.querySelector("#main tbody")?.innerText !== window.shown`,
    ),
  );
  assertEquals(await page.locator("#main tbody tr").count(), found);
  return drawnMs - Number(await page.evaluate("window.pressedMs"));
}

/** JavaScript for the browser: its time in the frame in which a condition holds. */
function drawnWhen(condition: string): string {
  return `new Promise((resolve) => {
    const look = () => ${condition}
      ? requestAnimationFrame(() => resolve(performance.now()))
      : requestAnimationFrame(look);
    look();
  })`;
}

/** The middle one of some times, and the longest. */
function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  return `median ${middle.toFixed(0)} ms, longest ${
    sorted.at(-1)!.toFixed(0)
  } ms`;
}
