import { expect, test } from "vitest";
import { type ChartEvent, chart, type Snapshot } from "../../src/conversation/index.ts";
import { facts, services } from "./aurora.ts";
import { leafStates } from "./diagram.ts";
import storedByVersion1 from "./snapshot-v1.json" with { type: "json" };
import storedByVersion2 from "./snapshot-v2.json" with { type: "json" };
import { walk } from "./walk.ts";

const WALK_MS = 60_000;

test(
  "every state survives storing: the same states, the same answers to the same events",
  () => {
    const seen = new Map<string, Snapshot>();
    for (let seed = 1; seed <= 200 && seen.size < leafStates().length; seed += 1) {
      walk({ seed, choices: 250, onStep: ({ snapshot }) => seen.set(chart.states(snapshot).join(), snapshot) });
    }
    expect([...seen.keys()].sort()).toEqual(leafStates());
    for (const snapshot of seen.values()) {
      const restored = chart.restore(chart.store(snapshot));
      expect(restored && chart.states(restored)).toEqual(chart.states(snapshot));
      expect(restored && chart.store(restored)).toEqual(chart.store(snapshot));
      expect(restored && chart.waiting(restored)).toBe(chart.waiting(snapshot));
    }
  },
  WALK_MS,
);

test(
  "what is stored is small and holds neither facts nor words of the turn",
  () => {
    let largest = 0;
    walk({
      seed: 11,
      choices: 1_000,
      onStep({ snapshot }) {
        const stored = chart.store(snapshot);
        expect(stored).toMatchObject({ context: { facts: null, heard: null } });
        largest = Math.max(largest, JSON.stringify(stored).length);
      },
    });
    expect(largest).toBeLessThan(12_000);
  },
  WALK_MS,
);

test.each([null, 3, "x", {}, { value: "gone", context: {} }])("what is no snapshot is null: %j", (stored) => {
  expect(chart.restore(stored)).toBeNull();
});

test.each([
  [1, storedByVersion1],
  [2, storedByVersion2],
])("a booking that version %i left at its summary goes on in this version", (version, stored) => {
  const restored = chart.restore(stored, version);
  if (restored === null) throw new Error("it could not be read");
  expect(chart.states(restored)).toEqual(["appointment.confirming"]);
  const said = { text: "sí", messages: [{ id: "1", kind: "text" as const, text: "sí" }], at: facts().now };
  const began = chart.step(restored, { type: "turn.began", facts: facts({ turnId: "after the upgrade" }) });
  const heard = chart.step(began.snapshot, { type: "customer.said", said });
  const agreed = chart.step(heard.snapshot, { type: "agent.accept", by: "code", evidence: "sí" });
  expect(agreed.effects).toMatchObject([{ kind: "book_appointment", input: { serviceId: services.facial.id } }]);
});

test("a snapshot of a version without a way to this one is null", () => {
  expect(chart.restore(storedByVersion1, 0)).toBeNull();
  expect(chart.restore(storedByVersion1)).toBeNull();
});

test("a snapshot whose state is gone, or whose memory has another shape, is null", () => {
  const stored = chart.store(chart.initial()) as { value: unknown; context: object };
  expect(chart.restore({ ...stored, value: { talking: { appointment: "dreaming" } } })).toBeNull();
  expect(chart.restore({ ...stored, context: { ...stored.context, booking: { serviceId: 3 } } })).toBeNull();
});

test("an event that means nothing leaves the very same snapshot", () => {
  const snapshot = chart.initial();
  const events: ChartEvent[] = [
    { type: "effect.done", id: "book_appointment", output: {} },
    { type: "effect.failed", id: "none", code: "x" },
    { type: "agent.greet", by: "model" },
    { type: "escalation.notified", escalationId: "other" },
    { type: "bot.resumed" },
  ];
  for (const event of events) {
    const step = chart.step(snapshot, event);
    expect(step).toEqual({ snapshot, effects: [], replies: [], changed: false });
    expect(step.snapshot).toBe(snapshot);
  }
});
