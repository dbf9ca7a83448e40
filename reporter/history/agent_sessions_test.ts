import { assert, assertEquals } from "@std/assert";
import { FramedConnection } from "../../net/mod.ts";
import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import type { AgentSession } from "./agent_session.ts";
import { AgentSessions, BYTES_PER_AGENT_MAX } from "./agent_sessions.ts";

/** Connections from agents, with their numbers as identity. */
async function connections(...agents: [id: string, epoch: number][]) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, random: () => 0 });
  const machine = network.machine("10.0.0.1");
  const listener = machine.listen({ hostname: "10.0.0.1", port: 0 });
  const opened: FramedConnection[] = [];
  for (const [agentId, epoch] of agents) {
    const connecting = machine.connect(listener.local);
    await clock.advance(0);
    const connection = new FramedConnection(await connecting);
    const rest = { name: "", version: "", zone: "" };
    connection.hello = { agentId, epoch, ...rest };
    opened.push(connection);
  }
  return opened;
}

function take(
  sessions: AgentSessions,
  session: AgentSession,
  { seq, bytes = 10 }: { seq: number; bytes?: number },
) {
  const body = new Uint8Array(bytes);
  return sessions.take(session, { seq, body, cameMs: 5 });
}

Deno.test("AgentSessions holds an agent back that has sent much, until some is committed", async () => {
  const sessions = new AgentSessions();
  const [connection] = await connections(["a", 1]);
  const session = sessions.of(connection!);
  session.learn(undefined);
  const half = BYTES_PER_AGENT_MAX / 2;
  assertEquals(take(sessions, session, { seq: 1, bytes: half }), undefined);
  let isReleased = false;
  const room = take(sessions, session, { seq: 2, bytes: half });
  assert(room !== undefined);
  room.then(() => isReleased = true);
  sessions.update(6);
  await Promise.resolve();
  assertEquals([isReleased, sessions.blocked], [false, 1]);
  session.batch();
  session.committed();
  sessions.update(7);
  await Promise.resolve();
  assertEquals([isReleased, sessions.blocked, sessions.frames], [true, 0, 0]);
});

Deno.test("AgentSession drops what is committed already, and frames that come twice", async () => {
  const sessions = new AgentSessions();
  const [connection] = await connections(["a", 1]);
  const session = sessions.of(connection!);
  for (const seq of [3, 4, 4, 3, 5]) take(sessions, session, { seq });
  assertEquals(session.frames, 3);
  session.learn({ epoch: 1, seq: 4 });
  const { seq, expected, frames } = session.batch();
  assertEquals([seq, expected, frames.length], [5, { epoch: 1, seq: 4 }, 1]);
});

Deno.test("AgentSession commits what comes from an agent that is new, restarted, or not there any more", async () => {
  for (const before of [undefined, { epoch: 9, seq: 77 }]) {
    const sessions = new AgentSessions();
    const [connection] = await connections(["a", 1]);
    const session = sessions.of(connection!);
    take(sessions, session, { seq: 1 });
    session.learn(before);
    sessions.left(connection!);
    assertEquals(session.batch().expected, before);
    assertEquals(session.frames, 1);
    // It was committed once, and the answer was lost.
    session.conflicted();
    assertEquals(session.learn({ epoch: 1, seq: 1 }), 0);
    assertEquals(session.frames, 0);
  }
});

Deno.test("AgentSession drops frames of a start of an agent that has a later one in the store", async () => {
  const sessions = new AgentSessions();
  const [connection, other] = await connections(["a", 1], ["a", 2]);
  const session = sessions.of(connection!);
  take(sessions, session, { seq: 1 });
  session.learn(undefined);
  session.conflicted();
  // While it is connected, it is that one which is late.
  assertEquals(session.learn({ epoch: 2, seq: 1 }), 0);
  assertEquals(session.frames, 1);
  const later = sessions.of(other!);
  assertEquals(later === session, false);
  assertEquals(sessions.left(connection!), undefined);
  session.conflicted();
  assertEquals(session.learn({ epoch: 2, seq: 1 }), 1);
  sessions.update(9);
  assertEquals([...sessions], [later]);
  assertEquals(sessions.left(other!), "a");
});
