import { assertEquals } from "@std/assert";
import { CallerMarks } from "./caller_marks.ts";

const HOST = { modId: 1, cmdId: 2, ip: 3, port: 80 };
const TEN = 10;

/** Marks an agent in a batch of a minute, and says in which periods it was new. */
function mark(
  marks: CallerMarks,
  { minute, agent = "a", ip = HOST.ip, commits = true }: {
    minute: number;
    agent?: string;
    ip?: number;
    commits?: boolean;
  },
): [minute: number, long: number] {
  marks.begin(minute);
  marks.agent(agent);
  const { minute: inMinute, long } = marks.mark({ ...HOST, ip }, TEN);
  if (commits) marks.commit();
  return [inMinute, long];
}

Deno.test("CallerMarks.mark() tells the periods in which an agent is new", () => {
  const marks = new CallerMarks({ marksMax: 100 });
  assertEquals(mark(marks, { minute: 20 }), [1, 1]);
  assertEquals(mark(marks, { minute: 20 }), [0, 0]);
  assertEquals(mark(marks, { minute: 20, agent: "b" }), [1, 1]);
  assertEquals(mark(marks, { minute: 20, ip: 4 }), [1, 1]);
  assertEquals(mark(marks, { minute: 29 }), [1, 0]);
  assertEquals(mark(marks, { minute: 30 }), [1, 1]);
});

Deno.test("CallerMarks.mark() counts an agent once in a batch", () => {
  const marks = new CallerMarks({ marksMax: 100 });
  marks.begin(20);
  marks.agent("a");
  assertEquals(marks.mark(HOST, TEN), { minute: 1, long: 1 });
  assertEquals(marks.mark(HOST, TEN), { minute: 0, long: 0 });
});

Deno.test("CallerMarks takes what a batch marked for new again if it was not committed", () => {
  const marks = new CallerMarks({ marksMax: 100 });
  assertEquals(mark(marks, { minute: 20, commits: false }), [1, 1]);
  assertEquals(mark(marks, { minute: 20 }), [1, 1]);
  assertEquals(mark(marks, { minute: 20 }), [0, 0]);
});

Deno.test("CallerMarks forgets what is over, and counts no caller that it has no room for", () => {
  const marks = new CallerMarks({ marksMax: 10 });
  for (let ip = 1; ip <= 10; ip++) mark(marks, { minute: 20, ip });
  assertEquals(mark(marks, { minute: 20, ip: 11 }), [0, 0]);
  assertEquals(marks.counters.callersUncounted, 1);
  assertEquals(mark(marks, { minute: 21, ip: 10 }), [1, 0]);
  assertEquals(mark(marks, { minute: 80, ip: 11 }), [1, 1]);
  // What was marked less than an hour ago is still known.
  assertEquals([marks.size, mark(marks, { minute: 80, ip: 10 })], [2, [1, 1]]);
  assertEquals(mark(marks, { minute: 80, ip: 10 }), [0, 0]);
});

Deno.test("CallerMarks forgets agents that have no mark", () => {
  const marks = new CallerMarks({ marksMax: 10 });
  mark(marks, { minute: 20, agent: "kept" });
  for (let number = 0; number < 100; number++) {
    marks.begin(20);
    marks.agent(`of unknown hosts ${number}`);
    marks.commit();
  }
  assertEquals(marks.agents <= 10, true);
  assertEquals(mark(marks, { minute: 20, agent: "kept" }), [0, 0]);
});
