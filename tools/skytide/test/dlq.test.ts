import { type Bus, DURABLES } from "@skytide/bus";
import { deadLetterSubject, retrySubject } from "@skytide/events";
import type { DeadLetter } from "@skytide/stage";
import { messageReceived, newConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { CONSUMERS_OF } from "../src/pause/pause-stage.ts";
import { skytide } from "./cli.ts";

async function plant(bus: Bus, { code = "boom", organizationId = crypto.randomUUID() } = {}) {
  const conversation = newConversation(organizationId);
  const event = messageReceived(conversation, "Soy Laura");
  const { sequence } = await bus.publish(event);
  const letter: DeadLetter = {
    ...{ stage: "media", durable: "media", stream: "CONVERSATIONS", subject: event.subject, sequence, ...conversation },
    ...{ publishedAt: event.time, diedAt: new Date().toISOString(), eventId: event.id, eventType: event.type },
    ...{ errorClass: "permanent", code, attempts: 1, replay: false },
  };
  const subject = deadLetterSubject("media", organizationId, conversation.chat);
  const stored = await bus.publishDeadLetter(subject, letter, crypto.randomUUID());
  return { ...conversation, letter, sequence: stored.sequence };
}

test("dead letters are listed by what they are about, and shown without what people wrote", async ({ nats, bus }) => {
  const env = { NATS_URL: nats.url };
  const [boom, other] = [await plant(bus), await plant(bus, { code: "too-large" })];
  const listed = await skytide(env, "dlq", "list", "--code", "too-large", "--json");
  expect(JSON.parse(listed.out)).toEqual([{ sequence: other.sequence, letter: other.letter }]);
  expect((await skytide(env, "dlq", "list", "--stage", "brain")).out).toBe("None.");
  const shown = await skytide(env, "dlq", "show", String(boom.sequence));
  expect(shown.out).toContain("message.received");
  expect(shown.out).not.toContain("Laura");
  expect((await skytide(env, "dlq", "show", String(boom.sequence), "--show-content")).out).toContain("Soy Laura");
  expect(await skytide(env, "dlq", "show", "999999")).toMatchObject({
    code: 1,
    notes: expect.stringContaining("skytide dlq list"),
  });
});

test("a replay gives the letter to its stage alone and takes it off the list; without --yes nothing happens", async ({
  nats,
  bus,
}) => {
  const env = { NATS_URL: nats.url };
  const { sequence, letter, organizationId, chat } = await plant(bus);
  await skytide(env, "dlq", "replay", "--org", organizationId);
  expect(await bus.lastSequence(retrySubject("media", organizationId, chat))).toBe(0);

  const replayed = await skytide(env, "dlq", "replay", "--org", organizationId, "--rate", "100", "--yes", "--json");
  expect(JSON.parse(replayed.out)).toEqual({ replayed: 1, left: 0 });
  const retry = await bus.readMessage(
    "DEADLETTERS",
    await bus.lastSequence(retrySubject("media", organizationId, chat)),
  );
  expect(retry?.json()).toEqual(letter);
  expect(retry?.headers["Skytide-Replay-Of"]).toBe(String(sequence));
  expect((await skytide(env, "dlq", "list", "--org", organizationId)).out).toBe("None.");
  const audit = await bus.readMessage("OPERATIONS", await bus.lastSequence(`ops.${organizationId}.audit`));
  expect(audit?.json()).toMatchObject({ data: { action: "dlq.replay", facts: { letters: 1 } } });
});

test("discarding removes the letter and leaves the event; neither works on everything by mistake", async ({
  nats,
  bus,
}) => {
  const env = { NATS_URL: nats.url };
  const { sequence, letter } = await plant(bus);
  expect((await skytide(env, "dlq", "discard", "--sequence", String(sequence), "--yes")).out).toBe("1 discarded.");
  expect(await bus.readMessage("DEADLETTERS", sequence)).toBeNull();
  expect(await bus.readMessage("CONVERSATIONS", letter.sequence)).not.toBeNull();
  expect(await skytide(env, "dlq", "discard", "--yes")).toMatchObject({
    code: 2,
    notes: expect.stringContaining("--all"),
  });
  expect(await skytide(env, "dlq", "replay", "--yes")).toMatchObject({ code: 2 });
});

test("a paused stage gets nothing until it is resumed", async ({ nats, bus }) => {
  const env = { NATS_URL: nats.url };
  await skytide(env, "pause", "stage", "media", "--for", "5m");
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).paused).toBe(false);
  await skytide(env, "pause", "stage", "media", "--for", "5m", "--yes");
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).paused).toBe(true);
  expect((await skytide(env, "lag")).out).toMatch(/media .* paused/);
  await skytide(env, "resume", "stage", "media", "--yes");
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).paused).toBe(false);
  expect(await skytide(env, "pause", "stage", "media")).toMatchObject({
    code: 2,
    notes: expect.stringContaining("--for"),
  });
  expect(await skytide(env, "pause", "stage", "kitchen", "--for", "5m")).toMatchObject({ code: 2 });
});

test("every consumer belongs to a stage that can be paused", () => {
  const own = DURABLES.filter(({ stream }) => stream !== "DEADLETTERS").map(({ name }) => name);
  expect(Object.values(CONSUMERS_OF).flat().toSorted()).toEqual(own.toSorted());
});
