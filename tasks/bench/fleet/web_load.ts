import { residentMb } from "../../local/process_usage.ts";
import { type Group, groupOf } from "../groups/group.ts";
import type { Figures } from "../report/measurement.ts";
import { spreadOf } from "../report/statistics.ts";
import { WebProcess } from "./web_process.ts";

const HOSTS = 20;

const SEARCHES = 100;

/** Repeats of what is asked for besides. */
const REPEATS = 20;

/** Interval at which memory is looked at. */
const SAMPLE_MS = 200;

/** Wrong passwords of an attack, and how many wait for an answer at a time. */
const GUESSES = 10_000;
const AT_A_TIME = 50;

/** Logins without an attack. */
const LOGINS = 10;

/** The console and the admin API on a large fleet, and while somebody guesses. */
export const WEB_GROUPS: readonly Group[] = [
  groupOf({
    name: "web-fleet",
    title: "web on 10,000 routes of 20 hosts",
    onlyByName: true,
    // All routes are read anew each 30 s.
    defaultSeconds: 40,
    goals: [
      ...[
        { text: "memory after its start, MB", figure: "startedMb" },
        { text: "memory after 100 searches, MB", figure: "searchedMb" },
        { text: "memory at its peak, MB", figure: "peakMb" },
      ].map(({ text, figure }) => ({
        text,
        of: { variant: "web-fleet", figure },
        atMost: 250,
      })),
      ...[
        { text: "the first search, ms", figure: "firstSearchMs" },
        { text: "the longest search, ms", figure: "searchMaxMs" },
        { text: "first view of Now, ms", figure: "nowPageMs" },
        { text: "first view of Routes, ms", figure: "routesPageMs" },
        { text: "the same as it was a minute ago, ms", figure: "pastPageMs" },
      ].map(({ text, figure }) => ({
        text,
        of: { variant: "web-fleet", figure },
        atMost: 300,
      })),
    ],
    variants: ({ quick, seconds }) => [{
      name: "web-fleet",
      measure: () => largeFleet(quick ? 10 : 1_000, seconds),
    }],
  }),
  groupOf({
    name: "web-guesses",
    title: "A right login while 10,000 wrong passwords are tried",
    onlyByName: true,
    goals: [
      { text: "one address guesses", variant: "one address" },
      { text: "10,000 addresses guess", variant: "many addresses" },
    ].map(({ text, variant }) => ({
      text: `${text}: the longest login over the longest without, ms`,
      of: { variant, figure: "slowerMs" },
      atMost: 1_000,
    })),
    variants: ({ quick }) => [{
      name: "one address",
      measure: () => guessed(quick, () => ({ address: "10.1.0.1" })),
    }, {
      name: "many addresses",
      measure: () =>
        guessed(quick, (number) => ({
          address: `10.1.${number >> 8}.${number & 255}`,
          name: `user${number}`,
        })),
    }],
  }),
];

async function largeFleet(
  commands: number,
  seconds: number,
): Promise<Figures> {
  await using web = await WebProcess.start({ commands, hosts: HOSTS });
  const startedMb = residentMb(web.pid);
  const nowPageMs = await web.page("/");
  const routesPageMs = await web.page("/routes");
  const at = new Date(Date.now() - 60_000).toISOString();
  const pastPageMs = await web.page(`/routes?at=${at}`);
  const searches: number[] = [];
  for (let number = 0; number < SEARCHES; number++) {
    const words = [
      `${number % 10}/${number}`,
      `11.0.0.${number % HOSTS}`,
      "pay",
    ];
    searches.push(await web.get(`/routes?q=${words[number % words.length]}`));
  }
  const searchedMb = residentMb(web.pid);
  const [now, routes] = [
    await repeat(web, "/now"),
    await repeat(web, "/routes"),
  ];
  return {
    startedMb,
    searchedMb,
    nowPageMs,
    routesPageMs,
    pastPageMs,
    firstSearchMs: searches[0]!,
    searchMs: spreadOf(searches).median,
    searchMaxMs: Math.max(...searches),
    nowMs: spreadOf(now).median,
    routesMs: spreadOf(routes).median,
    peakMb: await peakMb(web, seconds),
  };
}

/** Most memory while it is asked for what everybody asks for. */
async function peakMb(web: WebProcess, seconds: number): Promise<number> {
  const endMs = performance.now() + seconds * 1_000;
  let peak = 0;
  do {
    await web.get("/now");
    await web.get("/routes");
    peak = Math.max(peak, residentMb(web.pid));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  } while (performance.now() < endMs);
  return peak;
}

async function repeat(web: WebProcess, path: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < REPEATS; round++) times.push(await web.get(path));
  return times;
}

/** Logins of somebody who has logged in before, from an address that nobody guesses from. */
async function guessed(
  quick: boolean,
  guess: (number: number) => { address: string; name?: string },
): Promise<Figures> {
  await using web = await WebProcess.start({ commands: 1, hosts: 1 });
  const alone: number[] = [];
  while (alone.length < LOGINS) alone.push(await logIn(web));
  const guesses = quick ? 200 : GUESSES;
  let next = 0;
  let refused = 0;
  const guessOn = async () => {
    while (next < guesses) {
      const number = next++;
      const login = { ...guess(number), password: `wrong ${number}` };
      const status = await web.logIn(login);
      if (status === 200) throw new Error("a wrong password was right");
      if (status === 429) refused += 1;
    }
  };
  const attack = Promise.all(Array.from({ length: AT_A_TIME }, guessOn));
  const meanwhile: number[] = [];
  const work = async () => {
    do meanwhile.push(await logIn(web)); while (next < guesses);
  };
  try {
    await Promise.all([attack, work()]);
  } finally {
    next = guesses;
    await Promise.allSettled([attack]);
  }
  return {
    aloneMaxMs: Math.max(...alone),
    meanwhileMaxMs: Math.max(...meanwhile),
    slowerMs: Math.max(...meanwhile) - Math.max(...alone),
    logins: meanwhile.length,
    refused,
  };
}

/** Milliseconds that a right login takes. @throws {Error} If it is refused. */
async function logIn(web: WebProcess): Promise<number> {
  const startedMs = performance.now();
  const status = await web.logIn({ address: "10.2.0.1" });
  if (status !== 200) throw new Error(`a right login is refused: ${status}`);
  return performance.now() - startedMs;
}
