import type { Bus } from "@skytide/bus";
import { type ConversationEventType, createEvent, type EventOf } from "@skytide/events";
import { messageReceived, newConversation, type TestConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

interface Shown {
  exchanges: {
    turn: string | null;
    traceId: string | null;
    outcome: string;
    answeredAfterMs: number | null;
    steps: { by: string; what: string; ms: number }[];
  }[];
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
let turns = 0;

/** Two messages, one answer to them, delivered and read; each on the log as it happens. */
async function exchange(bus: Bus, conversation: TestConversation, { begunMsAgo = 0 } = {}) {
  turns += 1;
  const turn = `turn-${turns}`;
  const publish = async <Type extends ConversationEventType>(
    type: Type,
    data: EventOf<Type>["data"],
    of: object = {},
  ) => {
    const id = `${type}-${turns}`;
    const time = new Date(Date.now() - begunMsAgo);
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    await bus.publish(
      createEvent<Type>({ type, id, source: "brain", time, ...conversation, traceparent, data, ...of } as never),
    );
    return id;
  };
  const messages = [messageReceived(conversation, "Soy Laura"), messageReceived(conversation, "quiero una cita")];
  for (const message of messages) await bus.publish(message);
  await publish(
    "turn.completed",
    {
      ...{ outcome: "replied", messageIds: messages.map(({ id }) => id), states: [], decisions: [], durationMs: 10 },
      ...{
        usage: [
          { model: "m", operation: "decide", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, durationMs: 7 },
        ],
      },
      ...{ tools: [{ tool: "check_availability", outcome: "slots", durationMs: 3 }], fencedByStateOnly: false },
    },
    { turn },
  );
  const replyId = await publish(
    "reply.requested",
    { messages: [{ kind: "text", text: "Hola Laura" }], closing: false },
    { turn },
  );
  const at = new Date().toISOString();
  const providerMessageId = `wamid.${turn}`;
  await publish("reply.sent", { replyId, index: 0, providerMessageId, at, text: "Hola Laura" });
  await publish("reply.delivered", { providerMessageId: "other", otherIds: [providerMessageId], at });
  await publish("reply.read", { providerMessageId, otherIds: [], at });
  return { turn, replyId, messages };
}

test("a time line goes from the message to the read mark, with who had it how long, and nobody's words", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  const { turn, replyId, messages } = await exchange(bus, conversation);
  const env = { NATS_URL: nats.url };
  for (const id of [turn, replyId, messages[0]?.id ?? ""]) {
    const { code, out } = await skytide(env, "trace", id, "--json");
    expect(code).toBe(0);
    const { exchanges } = JSON.parse(out) as Shown;
    expect(exchanges).toHaveLength(1);
    const [shown] = exchanges;
    expect(shown).toMatchObject({ turn, traceId: TRACE, outcome: "replied" });
    const said = shown?.steps.map(({ by, what }) => `${by}: ${what}`) ?? [];
    expect(said.filter((line) => line === "provider: received: text")).toHaveLength(2);
    expect(said.slice(-5)).toEqual([
      "brain: committed: replied; 1 model calls 7 ms, 1 tools 3 ms",
      "brain: reply on the log: text",
      "outbound: accepted by the provider: message 1",
      "whatsapp: delivered",
      "customer: read",
    ]);
    expect(said).toContain("debounce: turn begins with 2 messages");
  }
  const pretty = (await skytide(env, "trace", replyId)).out;
  expect(pretty).toMatch(/answered after .*: .*debounce/);
  for (const text of [pretty, (await skytide(env, "trace", conversation.chat)).out]) {
    expect(text).toContain(`trace ${TRACE}`);
    expect(text).not.toMatch(/Laura|cita\b|57300/);
  }
});

test("of a conversation the newest turns are shown, and what no turn has read", async ({ nats, bus }) => {
  const conversation = newConversation();
  for (let n = 0; n < 3; n += 1) await exchange(bus, conversation);
  await bus.publish(messageReceived(conversation, "¿hola?"));
  const { out } = await skytide({ NATS_URL: nats.url }, "trace", conversation.chat, "--last", "2", "--json");
  const { exchanges } = JSON.parse(out) as Shown;
  expect(exchanges.map(({ outcome }) => outcome)).toEqual(["replied", "no turn has read it"]);
  expect(exchanges[1]?.answeredAfterMs).toBeNull();
});

test("a reply that the provider failed says by whom and why", async ({ nats, bus }) => {
  const conversation = newConversation();
  const { replyId } = await exchange(bus, conversation);
  const failed = {
    providerMessageId: `wamid.turn-${turns}`,
    otherIds: [],
    at: new Date().toISOString(),
    code: "provider",
    providerCode: 131_026,
  };
  await bus.publish(
    createEvent({
      type: "reply.failed",
      id: `late-${turns}`,
      source: "ingest",
      time: new Date(),
      ...conversation,
      data: failed,
    }),
  );
  expect((await skytide({ NATS_URL: nats.url }, "trace", replyId)).out).toMatch(/WhatsApp +failed: provider 131026/);
});

test("an id that the log does not know, and one that cannot be one, are said", async ({ nats }) => {
  const env = { NATS_URL: nats.url };
  expect(await skytide(env, "trace", "k1_nobody")).toMatchObject({
    code: 1,
    notes: expect.stringContaining("holds no conversation"),
  });
  expect(await skytide(env, "trace", "k1_nobody", "--org", "*.>")).toMatchObject({ code: 2 });
});
