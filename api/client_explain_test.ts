import { assertEquals, assertRejects } from "@std/assert";
import type { lars } from "../proto/mod.ts";
import { finish, HOST, withClient } from "./testing/mod.ts";

const EXPLANATION: lars.ExplainResponse.$Properties = {
  policy: "lars",
  host: [{
    host: { ip: HOST.ip | 0, port: HOST.port },
    succ: 2,
    reason: "Idle",
  }],
  decision: [{
    number: 7,
    age_ms: 5,
    host: { ip: HOST.ip | 0, port: HOST.port },
    text: "Becomes idle",
  }],
  call: [{ number: 3, age_ms: 1, report: true, host: { ip: 1, port: 2 } }],
};

Deno.test("LarsClient.explain() asks the owner of the route, and tells all that the agent knows", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onExplain = (_, send) => send(EXPLANATION);
    const options = { afterDecision: 6, afterCall: 2, withCalls: true };
    const outcome = await finish(clock, client.explain(1, 1, options));
    assertEquals(outcome, {
      state: "found",
      policy: "lars",
      hostCount: 0,
      notes: [],
      hosts: [{ ...HOST, succ: 2, err: 0, overload: false, reason: "Idle" }],
      decisions: [{ ...HOST, number: 7, ageMs: 5, text: "Becomes idle" }],
      calls: [{
        number: 3,
        ageMs: 1,
        host: { ip: 1, port: 2 },
        report: { returnCode: 0, durationUs: 0, unused: false },
      }],
    });
    const [{ port, request }] = agent.explainRequests as [
      typeof agent.explainRequests[0],
    ];
    assertEquals(
      [port, request.after_decision, request.after_call, request.with_calls],
      [8890, 6, 2, true],
    );
  });
});

Deno.test("LarsClient.explain() sends a request that got lost again, with the same seq", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onExplain = (_, send) =>
      agent.explainRequests.length === 3 && send(EXPLANATION);
    const outcome = await finish(clock, client.explain(1, 1));
    assertEquals([outcome.state, clock.nowMs()], ["found", 200]);
    const seqs = agent.explainRequests.map(({ request }) => request.seq);
    assertEquals(new Set(seqs).size, 1);
  });
});

Deno.test("LarsClient.explain() is no_route for a route that the agent does not know", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onExplain = (_, send) => send({});
    const outcome = await finish(clock, client.explain(9, 9));
    assertEquals(outcome, { state: "no_route" });
  });
});

Deno.test("LarsClient.explain() tells an agent that does not answer it from no agent", async () => {
  await withClient({}, async ({ clock, client, agent, network }) => {
    const known = await finish(clock, client.explain(1, 1));
    assertEquals(known, { state: "unsupported" });
    const unknown = await finish(clock, client.explain(9, 9));
    assertEquals(unknown, { state: "unsupported" });
    assertEquals(agent.explainRequests.length, 6);
    network.faults.lossRate = 1;
    const lost = await finish(clock, client.explain(1, 1));
    assertEquals(lost, { state: "timeout" });
  });
});

Deno.test("LarsClient.explain() drops answers with another seq", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onExplain = ({ seq }, send) => {
      send({ ...EXPLANATION, seq: seq + 1, policy: "other" });
      send(EXPLANATION);
    };
    const outcome = await finish(clock, client.explain(1, 1));
    assertEquals(outcome.state === "found" && outcome.policy, "lars");
    assertEquals(client.counters.late, 1);
  });
});

Deno.test("LarsClient.explain() ends with its signal, and when the client closes", async () => {
  await withClient({}, async ({ clock, client }) => {
    const abort = new AbortController();
    const asked = client.explain(1, 1, { signal: abort.signal });
    const waiting = client.explain(1, 1);
    await clock.advance(10);
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await client.close();
    assertEquals(await waiting, { state: "closed" });
    assertEquals(await client.explain(1, 1), { state: "closed" });
  });
});
