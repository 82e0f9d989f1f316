import { type ConversationEvent, type EventOf, HIDDEN } from "@skytide/events";
import type { TurnRecord } from "./read-turn.ts";

type Of<Type extends ConversationEvent["type"]> = EventOf<Type>["data"];

/** One reply, explained from the log: what was read, known, offered, chosen, done and checked, and what became of it. */
export interface Explanation {
  org: string;
  chat: string;
  turn: string | null;
  at: string | null;
  outcome: string;
  durationMs: number | null;
  treatment: NonNullable<Of<"turn.completed">["treatment"]> | null;
  facts: NonNullable<Of<"turn.completed">["facts"]> | null;
  read: { id: string; at: string; kind: string; text: string; description?: string }[];
  states: string[];
  decisions: Of<"turn.completed">["decisions"];
  tools: Of<"turn.completed">["tools"];
  calls: Of<"turn.completed">["usage"];
  said: { kind: string; text: string; choices: string[] }[];
  /** What a draft left to a person. */
  leftToAPerson: Of<"reply.drafted">["actions"];
  /** Where the reply stands, and each report about it. */
  delivery: { type: string; at: string; code?: string }[];
}

/** Explains a turn from its events. Words of people are shown only on request; everything else is names, codes and numbers. */
export function explainTurn({ org, chat, turn, events }: TurnRecord, showContent: boolean): Explanation {
  const one = <Type extends ConversationEvent["type"]>(type: Type) =>
    events.find((event): event is EventOf<Type> => event.type === type);
  const words = (text: string) => (showContent ? text : HIDDEN);
  const completed = one("turn.completed");
  const failed = one("turn.failed");
  const [reply, draft] = [one("reply.requested"), one("reply.drafted")];
  return {
    org,
    chat,
    turn,
    at: (completed ?? failed ?? reply ?? draft)?.time ?? null,
    outcome: completed?.data.outcome ?? (failed ? `failed: ${failed.data.code}` : `not a turn: ${reply?.source}`),
    durationMs: completed?.data.durationMs ?? null,
    treatment: completed?.data.treatment ?? null,
    facts: completed?.data.facts ?? null,
    read: events.flatMap((event) => (event.type === "message.received" ? [readMessage(event, events, words)] : [])),
    states: completed?.data.states ?? [],
    decisions: completed?.data.decisions ?? [],
    tools: completed?.data.tools ?? [],
    calls: completed?.data.usage ?? [],
    said: (reply ?? draft)?.data.messages.map((message) => saidMessage(message, words)) ?? [],
    leftToAPerson: draft?.data.actions ?? [],
    delivery: events.flatMap(deliveryOf),
  };
}

function readMessage(
  event: EventOf<"message.received">,
  events: readonly ConversationEvent[],
  words: (text: string) => string,
) {
  const { content, receivedAt } = event.data;
  const text =
    "text" in content
      ? content.text
      : "title" in content
        ? content.title
        : "caption" in content
          ? (content.caption ?? "")
          : "";
  const about = events.find((one) => one.type === "media.described" && one.data.messageId === event.id);
  const outcome = about?.type === "media.described" ? about.data.outcome : undefined;
  const described =
    outcome === undefined ? {} : { description: outcome.kind === "described" ? words(outcome.text) : outcome.reason };
  return { id: event.id, at: receivedAt, kind: content.kind, text: text === "" ? "" : words(text), ...described };
}

function saidMessage(message: Of<"reply.requested">["messages"][number], words: (text: string) => string) {
  const rows = message.kind === "list" ? message.rows : "buttons" in message ? (message.buttons ?? []) : [];
  return { kind: message.kind, text: words(message.text), choices: rows.map(({ title }) => words(title)) };
}

function deliveryOf(event: ConversationEvent): Explanation["delivery"] {
  if (!event.type.startsWith("reply.") || event.type === "reply.requested" || event.type === "reply.drafted") return [];
  const code = "code" in event.data && typeof event.data.code === "string" ? { code: event.data.code } : {};
  return [{ type: event.type, at: event.time, ...code }];
}
