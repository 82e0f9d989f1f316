import { chatOf, conversationSubject, dueSubject, hashKeysSchema, timerSubject } from "@skytide/events";
import { stateCommitted, test } from "@skytide/testing";
import { expect } from "vitest";
import { createSweep } from "../src/sweep.ts";
import { createTurnTimers } from "../src/timers.ts";
import { received } from "./events.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
const noSignal = new AbortController().signal;

test("a sweep arms what is old, unanswered and without a timer, and nothing else", async ({ bus }) => {
  const organizationId = crypto.randomUUID();
  const conversation = (name: string) => ({ organizationId, chat: chatOf(keys, organizationId, "whatsapp", name) });
  const says = async (name: string, words = "hola") => {
    const { chat } = conversation(name);
    const event = received(`${chat}-${words}`, words, Date.now(), chat);
    const own = { ...event, org: organizationId, subject: conversationSubject(organizationId, chat, "inbound") };
    return (await bus.publish(own)).sequence;
  };
  const { createdAt } = await bus.streamInfo("CONVERSATIONS");
  const answered = async (name: string, inbound: number) => {
    const state = stateCommitted(conversation(name), { inbound, handoff: 0, streamCreatedAt: createdAt });
    await bus.publish(state);
  };
  const now = () => new Date();
  const timers = createTurnTimers(bus, () => ({ debounceMs: 60_000, debounceMaxMs: 60_000 }), now);
  const since = new Date(Date.now() - 1_000);

  await says("forgotten");
  await answered("answered", await says("answered"));
  // It acted: its state came after a message that it had not read.
  const read = await says("acted");
  await says("acted", "y una cosa más");
  await answered("acted", read);
  await says("paused");
  await says("waiting");
  await timers.armBurst(conversation("waiting"), now());
  const until = new Date(Date.now() + 1);
  const isDue = (name: string) => bus.lastSequence(dueSubject("turn", organizationId, conversation(name).chat));

  const sweep = createSweep({
    log: bus,
    timers,
    now,
    isPaused: async ({ chat }) => chat === conversation("paused").chat,
  });
  expect(await sweep({ since, until: since, signal: noSignal })).toBe(0);
  expect(await sweep({ since, until, signal: noSignal })).toBe(2);
  expect(await isDue("forgotten")).toBeGreaterThan(0);
  expect(await isDue("acted")).toBeGreaterThan(0);
  expect(await isDue("answered")).toBe(0);
  expect(await isDue("waiting")).toBe(0);
  expect(await isDue("paused")).toBe(0);
  expect(await bus.readTimer(timerSubject("turn", organizationId, conversation("waiting").chat))).not.toBeNull();
});
