import { conversationSubject } from "@skytide/events";
import { buildEvent, messageReceived, newConversation, replyRequested, stateCommitted, test } from "@skytide/testing";
import { connect, headers } from "nats";
import { expect } from "vitest";

test("a conversation without anything is empty", async ({ bus }) => {
  const { streamCreatedAt, ...rest } = await bus.readConversation(newConversation());
  expect(streamCreatedAt).toMatch(/^\d{4}-/);
  expect(rest).toEqual({
    ...{ state: null, inbound: [], handoff: [], cursorValid: true, unreadable: [] },
    last: { state: 0, inbound: 0, handoff: 0 },
  });
});

test("reading returns exactly what came after the cursor, in log order, of this conversation alone", async ({
  bus,
}) => {
  const conversation = newConversation();
  const neighbour = newConversation(conversation.organizationId);
  const old = await bus.publish(messageReceived(conversation, "antes"));
  const { streamCreatedAt } = await bus.readConversation(conversation);
  const pausedBefore = await bus.publish(buildEvent(conversation, "bot.paused", { reason: "crm" }));
  const state = stateCommitted(conversation, {
    ...{ inbound: old.sequence, handoff: pausedBefore.sequence },
    streamCreatedAt,
  });
  const stateAt = await bus.publish(state);
  const texts = ["uno", "dos", "tres"];
  const events = texts.map((text) => messageReceived(conversation, text));
  const resumed = buildEvent(conversation, "bot.resumed", { reason: "crm" });
  for (const event of events) {
    await bus.publish(event);
    await bus.publish(messageReceived(neighbour, "de otra persona"));
  }
  const resumedAt = await bus.publish(resumed);

  const read = await bus.readConversation(conversation);
  expect(read.state).toMatchObject({ sequence: stateAt.sequence, event: state });
  expect(read.inbound.map(({ event }) => event)).toEqual(events);
  expect(read.handoff).toMatchObject([{ sequence: resumedAt.sequence, event: resumed }]);
  expect(read.last).toEqual({
    state: stateAt.sequence,
    inbound: read.inbound.at(-1)?.sequence,
    handoff: resumedAt.sequence,
  });
});

test("more messages than one batch read holds are all returned", async ({ bus }) => {
  const conversation = newConversation();
  const events = Array.from({ length: 600 }, (_, index) => messageReceived(conversation, String(index)));
  await Promise.all(events.map((event) => bus.publish(event)));
  const { inbound, last } = await bus.readConversation(conversation);
  expect(new Set(inbound.map(({ event }) => event.id))).toEqual(new Set(events.map(({ id }) => id)));
  expect(inbound).toHaveLength(600);
  expect(inbound.at(-1)?.sequence).toBe(last.inbound);
});

test("a message with an empty body and one of an unknown type are told apart and hide nothing", async ({
  bus,
  nats,
}) => {
  const conversation = newConversation();
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "inbound");
  const raw = await connect({ servers: nats.url });
  await bus.publish(messageReceived(conversation, "uno"));
  const empty = await raw.jetstream().publish(subject);
  const fields = headers();
  fields.set("X", "y");
  const unknown = await raw.jetstream().publish(subject, '{"type":"from.the.future"}', { headers: fields });
  await bus.publish(messageReceived(conversation, "dos"));
  await raw.close();
  const { inbound, unreadable } = await bus.readConversation(conversation);
  expect(inbound).toHaveLength(2);
  expect(unreadable).toEqual([empty.seq, unknown.seq]);
});

test("a cursor of another stream is not believed", async ({ bus }) => {
  const conversation = newConversation();
  const message = messageReceived(conversation);
  await bus.publish(message);
  await bus.publish(
    stateCommitted(conversation, { inbound: 9_999_999, handoff: 9_999_999, streamCreatedAt: "2020-01-01T00:00:00Z" }),
  );
  const read = await bus.readConversation(conversation);
  expect(read.cursorValid).toBe(false);
  expect(read.inbound.map(({ event }) => event)).toEqual([message]);
});

test("trimming the state lane keeps the last states", async ({ bus }) => {
  const conversation = newConversation();
  const { streamCreatedAt } = await bus.readConversation(conversation);
  const cursor = { inbound: 0, handoff: 0, streamCreatedAt };
  for (let times = 0; times < 5; times += 1) await bus.publish(stateCommitted(conversation, cursor));
  const newest = stateCommitted(conversation, cursor);
  const { sequence } = await bus.publish(newest);
  const before = (await bus.streamInfo("CONVERSATIONS")).messages;
  await bus.trim(newest.subject, 2);
  expect((await bus.streamInfo("CONVERSATIONS")).messages).toBe(before - 4);
  expect((await bus.readConversation(conversation)).state).toMatchObject({ sequence, event: newest });
});

test("a hint tells of a newer message at once", async ({ bus }) => {
  const event = messageReceived(newConversation());
  const seen: string[] = [];
  const hint = bus.hint("conv.*.*.inbound", (subject) => seen.push(subject));
  await expect
    .poll(async () => {
      await bus.publish({ ...event, id: crypto.randomUUID() });
      return seen;
    })
    .toContain(event.subject);
  hint.stop();
});

test("the event before another one is the last of its own lane, if it is young enough", async ({ bus }) => {
  const conversation = newConversation();
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "reply");
  const since = new Date(Date.now() - 60_000);
  const first = await bus.publish(replyRequested(conversation, "uno"));
  await bus.publish(messageReceived(conversation, "otra vía"));
  await bus.publish(replyRequested(newConversation(conversation.organizationId), "otra persona"));
  const second = replyRequested(conversation, "dos");
  const { sequence } = await bus.publish(second);
  const secondAt = (await bus.readMessage("CONVERSATIONS", sequence))?.publishedAt ?? since;
  await expect.poll(() => Date.now() - secondAt.getTime()).toBeGreaterThan(1);
  const third = await bus.publish(replyRequested(conversation, "tres"));
  expect(await bus.readBefore("outbound", subject, { sequence: first.sequence, since })).toBeNull();
  const before = await bus.readBefore("outbound", subject, { sequence: third.sequence, since });
  expect(before).toMatchObject({ sequence, event: second });
  const thirdAt = (await bus.readMessage("CONVERSATIONS", third.sequence))?.publishedAt ?? since;
  expect(await bus.readBefore("outbound", subject, { sequence: third.sequence, since: thirdAt })).toBeNull();
});

test("the event before another one is found behind a whole batch", async ({ bus }) => {
  const conversation = newConversation();
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "reply");
  const since = new Date(Date.now() - 60_000);
  const replies = Array.from({ length: 300 }, (_, index) => replyRequested(conversation, String(index)));
  const sequences = await Promise.all(replies.map(async (reply) => (await bus.publish(reply)).sequence));
  const [last = 0, secondLast] = sequences.sort((one, other) => other - one);
  expect(await bus.readBefore("outbound", subject, { sequence: last, since })).toMatchObject({ sequence: secondLast });
});

test("an answer that has not come as far as the event is not taken for one", async ({ bus }) => {
  const conversation = newConversation();
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "reply");
  const { sequence } = await bus.publish(replyRequested(conversation, "uno"));
  const behind = bus.readBefore("outbound", subject, { sequence: sequence + 1, since: new Date(0) });
  await expect(behind).rejects.toMatchObject({ code: "log-unavailable" });
});
