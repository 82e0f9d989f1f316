import { deadLetterSubject } from "@skytide/events";
import { newConversation, spawnStage, until } from "@skytide/testing";
import { expect } from "vitest";
import { addressOf, envOf, MAIN, send, startMedia, test, untilDescribed } from "./fixtures.ts";
import { received } from "./messages.ts";
import { IDENTITY, json, TRANSCRIPT } from "./outside.ts";

test("a voice note gets its transcript, its copy, and a line without personal data", async ({ nats, bus, outside }) => {
  const media = await startMedia(nats.url, outside);
  const sent = await send(bus, outside, "voz de Laura");
  const path = `${sent.conversation.organizationId}/${IDENTITY}/${sent.id}.ogg`;
  expect(await untilDescribed(bus, sent)).toEqual({
    messageId: sent.id,
    outcome: { kind: "described", text: TRANSCRIPT },
    mimeType: "audio/ogg",
    sizeBytes: 16,
    storedPath: path,
  });
  expect(outside.stored.get(path)).toMatchObject({ mimeType: "audio/ogg", bytes: Buffer.from("OggSvoz de Laura") });
  await media.logged("media-described");
  expect(media.output()).not.toMatch(/573001110001|Laura|wamid|geheimnis|limpieza|gemini-key/);
});

test("what holds no media leaves the consumer at once", async ({ nats, bus, outside }) => {
  await startMedia(nats.url, outside);
  const conversation = newConversation();
  await bus.publish({ ...received({ kind: "text", text: "Hola" }, "k1_text"), ...addressOf(conversation) });
  await until(async () =>
    expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 }),
  );
  expect(outside.asked).toEqual([]);
});

test("a describer that fails is asked again until it answers", async ({ nats, bus, outside }) => {
  await startMedia(nats.url, outside);
  const unavailable = json({ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }, 503);
  const words = "otra vez";
  outside.gemini.set(Buffer.from(`OggS${words}`).toString("base64"), [unavailable, unavailable, unavailable]);
  const sent = await send(bus, outside, words);
  expect((await untilDescribed(bus, sent)).outcome).toEqual({ kind: "described", text: TRANSCRIPT });
  expect(outside.asked.filter((data) => data === sent.data)).toHaveLength(4);
});

test("when the time is over the conversation learns that there is no text, and the message waits as a dead letter", async ({
  nats,
  bus,
  outside,
}) => {
  await startMedia(nats.url, outside, { MEDIA_WAIT_MS: "0" });
  const words = "nunca";
  const forbidden = json({ error: { code: 403, message: "key", status: "PERMISSION_DENIED" } }, 403);
  outside.gemini.set(Buffer.from(`OggS${words}`).toString("base64"), [forbidden]);
  const sent = await send(bus, outside, words);
  expect(await untilDescribed(bus, sent)).toMatchObject({
    outcome: { kind: "not_described", reason: "model_failed" },
    storedPath: expect.stringContaining(sent.id),
  });
  const { organizationId, chat } = sent.conversation;
  await until(async () =>
    expect(await bus.lastSequence(deadLetterSubject("media", organizationId, chat))).toBeGreaterThan(0),
  );
});

test("a link that has died is told at once and not asked for again", async ({ nats, bus, outside }) => {
  await startMedia(nats.url, outside);
  const sent = await send(bus, { ...outside, files: new Map() }, "caducado", "image");
  expect((await untilDescribed(bus, sent)).outcome).toEqual({ kind: "not_described", reason: "expired" });
});

test("the same content is paid for once per organization, whichever replica meets it", async ({
  nats,
  bus,
  outside,
}) => {
  const replicas = [await startMedia(nats.url, outside), await startMedia(nats.url, outside)];
  const other = newConversation();
  const { organizationId } = newConversation();
  const customers = Array.from({ length: 6 }, () => newConversation(organizationId));
  const words = "promoción reenviada";
  const sent = await Promise.all(customers.map((customer) => send(bus, outside, words, "audio", customer)));
  for (const one of sent) expect((await untilDescribed(bus, one)).outcome).toMatchObject({ text: TRANSCRIPT });
  const asked = () => outside.asked.filter((data) => data === sent[0]?.data).length;
  expect(asked()).toBe(1);
  const reused = async () => {
    const counts = await Promise.all(replicas.map(({ metric }) => metric("skytide_media_reused_total{")));
    return counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  };
  expect(await reused()).toBe(5);
  await untilDescribed(bus, await send(bus, outside, words, "audio", other));
  expect(asked()).toBe(2);
});

test("SIGTERM in the middle of a description lets it end", async ({ nats, bus, outside }) => {
  const media = await startMedia(nats.url, outside);
  const words = "despacio";
  const answered = Promise.withResolvers<void>();
  outside.gemini.set(Buffer.from(`OggS${words}`).toString("base64"), [
    (response) =>
      void answered.promise.then(() =>
        json({ candidates: [{ finishReason: "STOP", content: { parts: [{ text: "al fin" }] } }] })(response),
      ),
  ]);
  const sent = await send(bus, outside, words);
  await until(() => expect(outside.asked).toContain(sent.data));
  media.signal("SIGTERM");
  await media.logged("stage-draining");
  answered.resolve();
  expect(await media.ended).toBe(0);
  expect((await untilDescribed(bus, sent)).outcome).toEqual({ kind: "described", text: "al fin" });
});

test("wrong settings are named all at once, and the exit code is 78", async ({ outside }) => {
  const { GEMINI_MODEL: _, ...env } = envOf("nats://127.0.0.1:1", outside);
  const media = spawnStage(MAIN, { ...env, MEDIA_MAX_BYTES: "many", MEDIA_ALLOWED_HOSTS: "*" });
  expect(await media.ended).toBe(78);
  for (const setting of ["GEMINI_MODEL", "MEDIA_MAX_BYTES", "MEDIA_ALLOWED_HOSTS"])
    expect(media.output()).toContain(setting);
});
