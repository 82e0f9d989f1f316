import { createEvent } from "@skytide/events";
import { expect, test } from "vitest";
import { burstDueAt, urgencyOf } from "../src/debounce.ts";
import { chat, described, organizationId, received } from "./events.ts";

const settings = { debounceMs: 10_000, debounceMaxMs: 30_000 };

test("a burst is due after its quiet time", () => {
  expect(burstDueAt(new Date(5_000), new Date(5_000), settings)).toEqual(new Date(15_000));
  expect(burstDueAt(new Date(12_000), new Date(5_000), settings)).toEqual(new Date(22_000));
});

test("a customer who keeps typing is answered at the cap, and never in the past", () => {
  expect(burstDueAt(new Date(28_000), new Date(5_000), settings)).toEqual(new Date(35_000));
  expect(burstDueAt(new Date(60_000), new Date(5_000), settings)).toEqual(new Date(60_000));
});

test("words wait, taps and hand-offs do not, what the agent itself says means nothing", () => {
  expect(urgencyOf(received("m1", "hola"))).toBe("debounced");
  expect(urgencyOf(received("m1", { kind: "tap", title: "Sí", payload: "p1" }))).toBe("at-once");
  expect(urgencyOf(described("m1", "una foto"))).toBe("if-waiting");
  const common = { source: "notifier", time: new Date(0), organizationId, chat };
  const escalationId = "e0000000-0000-4000-8000-000000000001";
  expect(
    urgencyOf(createEvent({ ...common, type: "escalation.notified", id: "n1", data: { escalationId, recipients: 1 } })),
  ).toBe("at-once");
  expect(
    urgencyOf(
      createEvent({
        ...common,
        type: "escalation.raised",
        id: "r1",
        data: { escalationId, reason: "user_asked", raisedAt: new Date(0).toISOString() },
      }),
    ),
  ).toBe("none");
});
