import type { Bus } from "@skytide/bus";
import { conversationSubject, parseEvent, type ReplyRequested } from "@skytide/events";
import type { Simulators } from "@skytide/simulators";
import { createStore } from "@skytide/store";
import {
  buildEvent,
  demo,
  newConversation,
  type TestConversation,
  type TestDatabase,
  test as withFleet,
} from "@skytide/testing";

import { startOutbound } from "./outbound-process.ts";

const { aurora } = demo;

/** A conversation whose customer has just written, known to the simulator and to the database. */
export interface OpenConversation extends TestConversation {
  phone: string;
  /** What the customer's phone shows of the business. */
  received(): string[];
  /** What the log says about the replies. */
  receipts(): Promise<{ type: string; index?: number | undefined; code?: string | undefined }[]>;
  reply(text: string): ReplyRequested;
  /** What the recorder does with the provider's receipts. */
  recordReceipts(): Promise<void>;
}

let lastPhone = 573_009_000_000;

async function open(database: TestDatabase, simulators: Simulators, bus: Bus): Promise<OpenConversation> {
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const conversation = newConversation(aurora.organizationId);
  lastPhone += 1;
  const phone = String(lastPhone);
  simulators.control.customer(phone, { type: "text", app: aurora.app, text: "Hola" });
  await store.beginTurn({ ...conversation, platform: "whatsapp", platformUserId: phone, phone });
  const sent = () =>
    simulators.control.conversation(aurora.app, phone).bubbles.filter(({ direction }) => direction === "out");
  return {
    ...conversation,
    phone,
    received: () => sent().map(({ content }) => ("text" in content ? content.text : content.kind)),
    receipts: () => readReceipts(bus, conversation),
    reply: (text) =>
      buildEvent(conversation, "reply.requested", { messages: [{ kind: "text", text }], closing: false }),
    recordReceipts: async () => {
      const at = new Date().toISOString();
      const events = sent().map(({ id }) =>
        buildEvent(conversation, "reply.accepted", { providerMessageId: id, otherIds: [], at, status: "enqueued" }),
      );
      await store.recordEvents(events);
    },
  };
}

async function readReceipts(bus: Bus, { organizationId, chat }: TestConversation) {
  const subject = conversationSubject(organizationId, chat, "receipt");
  const found: { type: string; index?: number | undefined; code?: string | undefined }[] = [];
  let sequence = await bus.lastSequence(subject);
  while (sequence > 0) {
    const stored = await bus.readMessage("CONVERSATIONS", sequence);
    const parsed = parseEvent(stored?.json());
    if (parsed.kind === "event" && parsed.event.type === "reply.sent")
      found.unshift({ type: parsed.event.type, index: parsed.event.data.index });
    if (parsed.kind === "event" && parsed.event.type === "reply.failed")
      found.unshift({ type: parsed.event.type, index: parsed.event.data.index, code: parsed.event.data.code });
    const before = await bus.readBefore("outbound", subject, { sequence, since: new Date(0) });
    sequence = before?.sequence ?? 0;
  }
  return found;
}

/** vitest's `test` with everything that outbound speaks with, and conversations to send in. */
export const test = withFleet.extend("fleet", ({ nats, bus, database, simulators }) => ({
  bus,
  simulators,
  start: (env?: Record<string, string>) => startOutbound({ nats, database, simulators }, env),
  open: () => open(database, simulators, bus),
}));
