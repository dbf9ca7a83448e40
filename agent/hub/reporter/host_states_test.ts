import { assert, assertEquals } from "@std/assert";
import {
  HostReason,
  HostState,
  type HostStateEntry,
  parseAddress,
} from "../../../proto/mod.ts";
import {
  EventQueue,
  EVENTS_MAX,
  EVENTS_PER_SECOND_MAX,
} from "./event_queue.ts";
import { HostStates } from "./host_states.ts";

const KEY = { modId: 1, cmdId: 2 };
const A = parseAddress("10.0.0.1:80");
const B = parseAddress("10.0.0.2:80");

const EJECTED = {
  state: HostState.ejected,
  reason: HostReason.refused,
  ageMs: 0,
  inFlight: 0,
  nextTryMs: 1_000,
};

/** States and ages, as in [[3, 100]]. */
function agesOf(entries: HostStateEntry[]): number[][] {
  return entries.map(({ state, ageMs }) => [state, ageMs]);
}

/** States that a reporter takes. */
function takenStates(): HostStates {
  const states = new HostStates();
  states.setTaken(true);
  return states;
}

Deno.test("HostStates tells what changed, the newest of each host, and that a host is back in use", () => {
  const states = takenStates();
  states.set({ ...KEY, hosts: [{ ...A, ...EJECTED }] }, 1_000);
  assertEquals(states.takeChanges(1_500), [{
    ...KEY,
    ...A,
    ...EJECTED,
    ageMs: 500,
    nextTryMs: 500,
  }]);
  assertEquals(states.takeChanges(1_500), []);
  states.set({ ...KEY, hosts: [{ ...A, ...EJECTED }] }, 1_500);
  assertEquals(states.changes, 0);
  states.set({ ...KEY, hosts: [{ ...B, ...EJECTED }] }, 2_000);
  states.set({ ...KEY, hosts: [{ ...A, ...EJECTED }] }, 3_000);
  const [a, b] = states.takeChanges(3_000).toSorted((x, y) => x.ip - y.ip);
  assertEquals([a!.state, b!.state], [HostState.ejected, HostState.inUse]);
  assertEquals([...states.counts()], [[HostState.ejected, 1]]);
  const left = { ...A, ...EJECTED, hasLeft: true } as const;
  states.set({ ...KEY, hosts: [left, { ...B, ...EJECTED }] }, 4_000);
  assertEquals([...states.counts()], [[HostState.ejected, 1]]);
});

Deno.test("HostStates takes a host that is ejected anew for one that is ejected since the first time", () => {
  const states = takenStates();
  states.set({ ...KEY, hosts: [{ ...A, ...EJECTED }] }, 0);
  states.takeChanges(0);
  const later = { ...A, ...EJECTED, nextTryMs: 8_000 };
  states.set({ ...KEY, hosts: [later] }, 10_000);
  assertEquals(agesOf(states.takeChanges(10_000)), [[
    HostState.ejected,
    10_000,
  ]]);
  const suspect = { ...A, ...EJECTED, state: HostState.suspect };
  states.set({ ...KEY, hosts: [suspect] }, 20_000);
  assertEquals(agesOf(states.takeChanges(20_000)), [[HostState.suspect, 0]]);
});

Deno.test("HostStates.takeAll() gives every host, after which no change waits", () => {
  const states = takenStates();
  states.set({ ...KEY, hosts: [{ ...A, ...EJECTED }] }, 0);
  states.set({ modId: 3, cmdId: 3, hosts: [{ ...B, ...EJECTED }] }, 0);
  assertEquals(states.takeAll(0).length, 2);
  assertEquals([states.changes, states.takeAll(0).length], [0, 2]);
  states.set({ ...KEY, hosts: [] }, 0);
  assertEquals(states.takeAll(0).map(({ modId }) => modId), [3]);
});

Deno.test("HostStates keeps no change for a reporter that there is not", () => {
  const states = new HostStates();
  const changeMany = () => {
    for (let ip = 1; ip <= 100; ip++) {
      states.set({ ...KEY, hosts: [{ ...A, ip, ...EJECTED }] }, 0);
    }
    return states.changes;
  };
  assertEquals(changeMany(), 0);
  states.setTaken(true);
  assertEquals(states.takeAll(0).map(({ ip }) => ip), [100]);
  assertEquals(changeMany(), 100);
  states.setTaken(false);
  assertEquals([states.changes, changeMany()], [0, 0]);
});

const EVENT = {
  ...KEY,
  ...A,
  kind: 1,
  reason: 1,
  ageMs: 0,
  calls: 0,
  failures: 0,
  meanUs: 0,
  peersMeanUs: 0,
  policy: "lars",
};

Deno.test("EventQueue takes 100 events a second, and counts the others", () => {
  const queue = new EventQueue();
  queue.add(new Array(60).fill(EVENT), 3, 0);
  queue.add(new Array(60).fill(EVENT), 0, 999);
  assertEquals(queue.size, EVENTS_PER_SECOND_MAX);
  const { events, dropped } = queue.take(1_500);
  assertEquals([events.length, dropped], [EVENTS_PER_SECOND_MAX, 23]);
  assertEquals([events[0]!.ageMs, events.at(-1)!.ageMs], [1_500, 501]);
  queue.add([EVENT], 0, 1_600);
  assertEquals(queue.take(1_600), { events: [EVENT], dropped: 0 });
});

Deno.test("EventQueue keeps the newest while there is no reporter", () => {
  const queue = new EventQueue();
  for (let second = 0; second < 20; second++) {
    queue.add(new Array(100).fill(EVENT), 0, second * 1_000);
  }
  assertEquals(queue.size, EVENTS_MAX);
  const first = queue.take(20_000);
  assert(first.events.every(({ ageMs }) => ageMs <= 10_000));
  assertEquals(first.dropped, 1_000);
  const second = queue.take(20_000);
  assertEquals(first.events.length + second.events.length, EVENTS_MAX);
  assertEquals([second.dropped, queue.size], [0, 0]);
});
