import type { Bus } from "@skytide/bus";
import { createEvent, type EventOf } from "@skytide/events";
import { messageReceived, newConversation, type TestConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

const at = new Date("2026-11-22T15:00:00Z");
const TURN = "turn-1";

function ofTurn<Type extends EventOf<"turn.completed" | "reply.requested" | "reply.drafted">["type"]>(
  conversation: TestConversation,
  type: Type,
  data: EventOf<Type>["data"],
) {
  const id = `${type}-${conversation.chat}`;
  return createEvent({ type, id, source: "brain", time: at, ...conversation, turn: TURN, data } as never);
}

const treatment = { share: "main", prompt: "v3", model: "gpt-4o", draft: false } as const;

/** A turn that answered one message with free hours, beside a message of another turn. */
async function bookingTurn(bus: Bus) {
  const conversation = newConversation();
  const message = messageReceived(conversation, "Soy Laura, una limpieza mañana");
  await bus.publish(messageReceived(conversation, "esto lo leyó otro turno"));
  await bus.publish(message);
  await bus.publish(
    ofTurn(conversation, "turn.completed", {
      outcome: "replied",
      messageIds: [message.id],
      states: ["supervisor.listening", "appointment.choosingSlot"],
      decisions: [
        {
          by: "model",
          event: "agent.book",
          offered: ["book", "ask_knowledge"],
          choice: { service_id: "s1", "day.kind": "tomorrow" },
          refusals: ["not_offered"],
        },
      ],
      tools: [{ tool: "check_availability", outcome: "slots", durationMs: 12, asked: { serviceId: "s1" }, found: 5 }],
      usage: [
        {
          model: "gpt-4o",
          operation: "decide",
          inputTokens: 900,
          cachedInputTokens: 800,
          outputTokens: 20,
          costUsd: 0.0012,
          prompt: "v3",
          durationMs: 700,
        },
      ],
      durationMs: 800,
      fencedByStateOnly: false,
      treatment,
      facts: { contactKnown: false, services: 6 },
    }),
  );
  const reply = ofTurn(conversation, "reply.requested", {
    messages: [
      { kind: "buttons", text: "Laura, tengo estas horas", buttons: [{ title: "3:00 p. m.", payload: "slot" }] },
    ],
    closing: false,
  });
  await bus.publish(reply);
  const sent = {
    replyId: reply.id,
    index: 0,
    providerMessageId: "wamid.1",
    at: at.toISOString(),
    text: "Laura, tengo estas horas",
  };
  await bus.publish(
    createEvent({
      type: "reply.sent",
      id: `sent-${conversation.chat}`,
      source: "outbound",
      time: at,
      ...conversation,
      data: sent,
    }),
  );
  return { conversation, message, reply };
}

test("explain says what was read, known, offered, chosen, done, asked of models and sent, and nobody's words", async ({
  nats,
  bus,
}) => {
  const { conversation, message, reply } = await bookingTurn(bus);
  const env = { NATS_URL: nats.url };
  const { code, out } = await skytide(env, "explain", reply.id, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    chat: conversation.chat,
    turn: TURN,
    outcome: "replied",
    treatment,
    facts: { contactKnown: false },
    read: [{ id: message.id, kind: "text", text: "[hidden]" }],
    states: ["supervisor.listening", "appointment.choosingSlot"],
    decisions: [{ by: "model", offered: ["book", "ask_knowledge"], refusals: ["not_offered"] }],
    tools: [{ tool: "check_availability", found: 5 }],
    calls: [{ prompt: "v3", cachedInputTokens: 800 }],
    said: [{ kind: "buttons", text: "[hidden]" }],
    delivery: [{ type: "reply.sent" }],
  });
  const pretty = (await skytide(env, "explain", TURN, "--chat", conversation.chat)).out;
  expect(pretty).toContain("agent.book by model  service_id=s1 day.kind=tomorrow");
  expect(pretty).toContain("an answer before was not taken: not_offered");
  expect(pretty).toContain("check_availability: slots, found 5 in 12 ms  serviceId=s1");
  expect(pretty).toContain("decide  gpt-4o  900 tokens in (800 cached), 20 out  prompt v3  $0.001200  700 ms");
  for (const text of [out, pretty]) expect(text).not.toMatch(/Laura|57300|otro turno/);
});

test("explain shows words only when asked for, and that is recorded", async ({ nats, bus }) => {
  const { conversation, reply } = await bookingTurn(bus);
  const { out } = await skytide({ NATS_URL: nats.url }, "explain", reply.id, "--show-content");
  expect(out).toContain("Soy Laura, una limpieza mañana");
  expect(out).not.toContain("otro turno");
  const last = await bus.lastSequence(`ops.${conversation.organizationId}.audit`);
  expect((await bus.readMessage("OPERATIONS", last))?.json()).toMatchObject({
    data: { operator: "tester", action: "explain.show-content" },
  });
});

test("explain tells what a draft leaves to a person", async ({ nats, bus }) => {
  const conversation = newConversation();
  const draft = ofTurn(conversation, "reply.drafted", {
    messages: [],
    actions: [{ action: "book_appointment", facts: { serviceId: "s1" } }],
    messageIds: [],
    treatment: { ...treatment, draft: true },
  });
  await bus.publish(draft);
  const { out } = await skytide({ NATS_URL: nats.url }, "explain", draft.id);
  expect(out).toContain("book_appointment  serviceId=s1");
});

test("explain says that the log knows no such reply, and refuses a wildcard", async ({ nats }) => {
  const env = { NATS_URL: nats.url };
  expect(await skytide(env, "explain", "nothing")).toMatchObject({
    code: 1,
    notes: expect.stringContaining("The log holds no reply"),
  });
  expect(await skytide(env, "explain", "x", "--org", "*.>")).toMatchObject({ code: 2 });
});
