import { createMetrics, traceIdOf } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { chart, createDecider } from "../src/conversation/index.ts";
import { createBrainMetrics } from "../src/metrics.ts";
import type { TurnDeps, TurnReport } from "../src/turn/index.ts";
import { modelThat } from "./brief/organizations.ts";
import { oneTurn } from "./turn/one-turn.ts";

const HOUR_MS = 3_600_000;

/** A first turn that asks for a person, as the real chart takes it. */
async function asksForPerson(alreadyOpen = false, times: { now?(): Date; dueAt?: Date } = {}): Promise<TurnReport> {
  const raise = {
    acts: true,
    perform: async () => ({ escalationId: "e0000000-0000-4000-8000-000000000001", alreadyOpen }),
  };
  const tools = new Proxy({}, { get: () => raise }) as TurnDeps["tools"];
  const decide = createDecider({ model: modelThat().model });
  return (await oneTurn({ said: "quiero hablar con un asesor", chart, decide, tools, ...times })).report;
}

async function shownAfter(...reports: TurnReport[]) {
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const brain = createBrainMetrics(metrics);
  for (const report of reports) brain.turn({ kind: "committed", report });
  return (await metrics.exposition()).body;
}

test("a turn counts its moves between nodes, its escalation and the conversation that it began", async () => {
  const body = await shownAfter(await asksForPerson());
  expect(body).toContain('skytide_state_transitions_total{from="supervisor",to="escalation"} 1');
  expect(body).toContain('skytide_escalations_total{reason="user_asked"} 1');
  expect(body).toContain("skytide_conversations_started_total 1");
});

test("a turn has its trace as exemplar", async () => {
  const report = await asksForPerson();
  const id = traceIdOf(report.traceparent);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await shownAfter(report)).toContain(`skytide_turns_total{outcome="escalated"} 1 # {trace_id="${id}"} 1`);
});

test("an escalation that was open before is not counted again", async () => {
  expect(await shownAfter(await asksForPerson(true))).toContain('skytide_escalations_total{reason="user_asked"} 0');
});

test.for([
  ["an hour", HOUR_MS, 0],
  ["two days", 48 * HOUR_MS, 1],
] as const)("whoever writes after %s begins %i conversations", async ([, silenceMs, begun]) => {
  const report = await asksForPerson();
  const lastSaidAt = new Date(report.input.firstAt.getTime() - silenceMs);
  expect(await shownAfter({ ...report, lastSaidAt })).toContain(`skytide_conversations_started_total ${begun}`);
});

test.for([
  ["ends when its timer fires", 3_000, 20_000, 3_000],
  ["is no longer than a burst may last", 900_000, 900_000, 30_000],
  ["ends with the turn's start where the timer is younger", 9_000, 5_000, 5_000],
] as const)("the deliberate wait %s", async ([, dueInMs, nowInMs, expected]) => {
  const from = Date.now();
  const report = await asksForPerson(false, { now: () => new Date(from + nowInMs), dueAt: new Date(from + dueInMs) });
  expect(Math.abs(report.deliberateMs - expected)).toBeLessThan(1_000);
});

test("what passes after the deliberate wait is the brain's share", async () => {
  const report = await asksForPerson();
  const answered = { ...report, outcome: "replied" as const, deliberateMs: 2_000 };
  const endedAt = new Date(report.input.firstAt.getTime() + 5_000);
  const body = await shownAfter({ ...answered, endedAt });
  expect(body).toContain('skytide_reply_stage_seconds_sum{stage="debounce"} 2');
  expect(body).toContain('skytide_reply_stage_seconds_sum{stage="brain"} 3');
});
