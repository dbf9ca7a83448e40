/**
 * `deno task demo:console`: takes `now.png`, a phone at night, and `route.png`, a
 * desk by day, of the console of `deno task demo --web`, some two minutes after
 * its deploy. It needs Chromium in /usr/bin.
 *
 * @module
 */
import { chromium } from "playwright-core";
import { print, SystemClock } from "../../net/mod.ts";
import { ConsoleDemo } from "./console.ts";
import { DEPLOYED } from "./console_data.ts";

/** Time from the start to the pictures: two whole minutes with the sick host. */
const RUN_MS = 150_000;

const PICTURES = [
  { file: "now.png", path: "/", width: 390, height: 760, colors: "dark" },
  {
    file: "route.png",
    path: `/routes/${DEPLOYED.modId}/${DEPLOYED.cmdId}`,
    width: 1_200,
    height: 900,
    colors: "light",
  },
] as const;

if (import.meta.main) {
  await using demo = await ConsoleDemo.start(print);
  const stop = new AbortController();
  const running = demo.run(stop.signal);
  await Promise.race([running, new SystemClock().sleep(RUN_MS)]);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  for (const { file, path, width, height, colors } of PICTURES) {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: colors,
      locale: "en-GB",
    });
    await page.goto(`${demo.origin}/login?to=${encodeURIComponent(path)}`);
    await page.fill("[name=name]", demo.user);
    await page.fill("[name=password]", demo.password);
    await page.keyboard.press("Enter");
    await page.waitForURL(demo.origin + path);
    await page.waitForSelector("h2");
    const to = new URL(file, import.meta.url).pathname;
    await page.screenshot({ path: to });
    print(to);
  }
  await browser.close();
  stop.abort();
  await running;
}
