import { expect, test } from "vitest";
import {
  chatOf,
  conversationSubject,
  createEvent,
  derivedEventId,
  hashKeysSchema,
  inboundEventId,
  parseConversationSubject,
  parseEvent,
  parseTimerSubject,
  timerSubject,
} from "../src/index.ts";

const organizationId = "a0000000-0000-4000-8000-000000000001";
const keys = hashKeysSchema.parse("k2:second-secret-0123456789,k1:first-secret-0123456789");

test("a chat is the same for the same customer, differs by organization, and does not show the phone", () => {
  const chat = chatOf(keys, organizationId, "whatsapp", "573001112233");
  expect(chat).toBe(chatOf(keys, organizationId, "whatsapp", "573001112233"));
  expect(chat).not.toBe(chatOf(keys, "b0000000-0000-4000-8000-000000000002", "whatsapp", "573001112233"));
  expect(chat).toMatch(/^k2_[A-Za-z0-9_-]{22}$/);
  expect(chat).not.toContain("3001112233");
});

test("the parts of a hash cannot be shifted into each other", () => {
  expect(chatOf(keys, "ab", "c", "d")).not.toBe(chatOf(keys, "a", "bc", "d"));
});

test("a conversation is named by the first key alone: a new first key begins all of them anew (SECURITY.md)", () => {
  const name = (text: string) => chatOf(hashKeysSchema.parse(text), "o", "whatsapp", "573001112233");
  const [old, fresh] = ["k1:first-secret-0123456789", "k2:second-secret-0123456789"];
  expect(name(`${fresh},${old}`)).toBe(name(fresh));
  expect(name(`${fresh},${old}`)).toMatch(/^k2_/);
  expect(name(`${fresh},${old}`)).not.toBe(name(old));
});

test("a hash key that is too short or without a version is refused in words", () => {
  for (const bad of ["short", "k1:short", "k1:good-secret-0123456789,nope", ""]) {
    const parsed = hashKeysSchema.safeParse(bad);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toContain("version:secret");
  }
});

test("an inbound id is derived from the provider's id, a derived id from its cause", () => {
  expect(inboundEventId(keys, organizationId, "wamid.X")).toBe(inboundEventId(keys, organizationId, "wamid.X"));
  expect(derivedEventId("a", 1)).toBe(derivedEventId("a", 1));
  expect(derivedEventId("a", 1)).not.toBe(derivedEventId("a", 2));
});

test("subjects are built and parsed by the same rule", () => {
  const subject = conversationSubject(organizationId, "k2_abc", "inbound");
  expect(subject).toBe(`conv.${organizationId}.k2_abc.inbound`);
  expect(parseConversationSubject(subject)).toEqual({ organizationId, chat: "k2_abc", lane: "inbound" });
  expect(parseConversationSubject(`${subject}.more`)).toBeNull();
  expect(parseConversationSubject("conv.a.b.unknown")).toBeNull();
  expect(parseTimerSubject(timerSubject("turn", organizationId, "k2_abc"))).toEqual({
    kind: "turn",
    organizationId,
    key: "k2_abc",
  });
});

test("a token that would widen a subject is refused", () => {
  for (const bad of ["*", ">", "a.b", "", "a b"]) {
    expect(() => conversationSubject(organizationId, bad, "reply")).toThrow(RangeError);
  }
});

test("an event survives the log; a newer field is dropped, a wrong one is named without its value", () => {
  const event = createEvent({
    type: "reply.requested",
    id: derivedEventId("t1"),
    source: "brain",
    time: new Date(0),
    organizationId,
    chat: "k2_abc",
    turn: "t1",
    data: { messages: [{ kind: "text", text: "Hola" }], closing: false },
  });
  expect(event.subject).toBe(`conv.${organizationId}.k2_abc.reply`);
  const read = parseEvent({ ...JSON.parse(JSON.stringify(event)), later: true });
  expect(read).toEqual({ kind: "event", event });
  const broken = parseEvent({ ...event, data: { messages: [{ kind: "text", text: 573001112233 }], closing: false } });
  expect(broken.kind).toBe("invalid");
  expect(JSON.stringify(broken)).not.toContain("573001112233");
});
