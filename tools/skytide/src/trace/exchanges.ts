import type { ConversationEvent, EventOf } from "@skytide/events";
import type { Logged } from "../read-events.ts";
import type { Timeline } from "./read-timeline.ts";

/** Who had the message until a step was reached. */
export type Holder = "provider" | "ingest" | "media" | "debounce" | "brain" | "outbound" | "whatsapp" | "customer";

export interface Step {
  at: string;
  /** Since the step before. */
  ms: number;
  by: Holder;
  what: string;
  id?: string;
}

/** One turn with what it read and what became of its reply; or a reply that no turn made; or messages that no turn has read. */
export interface Exchange {
  turn: string | null;
  /** The trace in Langfuse. */
  traceId: string | null;
  outcome: string;
  steps: Step[];
  /** From the first message to the first acceptance by the provider; null where there is none. */
  answeredAfterMs: number | null;
  /** What each had of it, the most first. */
  shares: { by: Holder; ms: number }[];
}

type Point = Omit<Step, "ms" | "at"> & { at: Date };

/** The exchanges of a conversation in order of their first event. */
export function exchangesOf({ asked, events }: Timeline): Exchange[] {
  const groups = Map.groupBy(events, ({ event }) => groupOf(event, events));
  const wanted = asked === null ? null : groupOf(asked, events);
  return [...groups]
    .filter(([name]) => name !== null && (wanted === null || name === wanted))
    .map(([, own]) => toExchange(own));
}

/** Which exchange an event belongs to: its turn, the turn that read it, the reply that it speaks of; `unread` where no turn has. */
function groupOf(event: ConversationEvent, events: readonly Logged[]): string | null {
  const find = (isIt: (other: ConversationEvent) => boolean) => events.find((one) => isIt(one.event))?.event;
  switch (event.type) {
    case "message.received":
      return find((one) => "messageIds" in one.data && one.data.messageIds.includes(event.id))?.turn ?? "unread";
    case "media.described":
    case "message.deleted": {
      const message = find((one) => one.id === event.data.messageId);
      return message === undefined ? null : groupOf(message, events);
    }
    case "reply.requested":
      return event.turn ?? event.id;
    case "reply.sent":
    case "reply.failed":
    case "reply.accepted":
    case "reply.delivered":
    case "reply.read": {
      const reply = find((one) => one.id === replyOf(event, events));
      return reply === undefined ? null : groupOf(reply, events);
    }
    case "reply.echoed":
      return null;
    default:
      return event.turn ?? null;
  }
}

type Report = EventOf<"reply.sent" | "reply.failed" | "reply.accepted" | "reply.delivered" | "reply.read">;

/** Outbound names the reply; the provider only its own ids of what it had accepted. */
function replyOf(event: Report, events: readonly Logged[]): string | undefined {
  if ("replyId" in event.data && event.data.replyId !== undefined) return event.data.replyId;
  const ids = [event.data.providerMessageId ?? "", ...("otherIds" in event.data ? event.data.otherIds : [])];
  for (const { event: other } of events)
    if (other.type === "reply.sent" && ids.includes(other.data.providerMessageId)) return other.data.replyId;
  return undefined;
}

function toExchange(events: readonly Logged[]): Exchange {
  const points = events.flatMap(pointsOf).sort((one, other) => one.at.getTime() - other.at.getTime());
  const steps = points.map(({ at, ...point }, index) => {
    const before = points[index - 1]?.at ?? at;
    return { at: at.toISOString(), ms: at.getTime() - before.getTime(), ...point };
  });
  const one = <Type extends ConversationEvent["type"]>(...types: Type[]) =>
    events.find(({ event }) => (types as string[]).includes(event.type))?.event as EventOf<Type> | undefined;
  const ended = one("turn.completed", "turn.failed", "reply.drafted", "reply.requested");
  const first = steps.findIndex(({ by }) => by === "provider");
  const sent = steps.findIndex(({ what }) => what.startsWith(ACCEPTED));
  const between = first >= 0 && sent > first ? steps.slice(first + 1, sent + 1) : [];
  const shares = [...Map.groupBy(between, ({ by }) => by)]
    .map(([by, own]) => ({ by, ms: own.reduce((sum, { ms }) => sum + ms, 0) }))
    .sort((a, b) => b.ms - a.ms);
  return {
    turn: ended?.turn ?? null,
    traceId: ended?.traceparent?.split("-")[1] ?? null,
    outcome: outcomeOf(ended),
    steps,
    answeredAfterMs: between.length === 0 ? null : between.reduce((sum, { ms }) => sum + ms, 0),
    shares,
  };
}

function outcomeOf(ended: ConversationEvent | undefined): string {
  if (ended?.type === "turn.completed") return ended.data.outcome;
  if (ended?.type === "turn.failed") return `given up: ${ended.data.code}`;
  if (ended === undefined) return "no turn has read it";
  return `${ended.type} by ${ended.source.replace("skytide/", "")}`;
}

const ACCEPTED = "accepted by the provider";

/** What an event says about time; codes and kinds only. */
function pointsOf({ event, loggedAt }: Logged): Point[] {
  const { id } = event;
  switch (event.type) {
    case "message.received": {
      const { content, receivedAt } = event.data;
      const kind = content.kind === "media" ? content.mediaType : content.kind;
      return [
        { at: new Date(receivedAt), by: "provider", what: `received: ${kind}`, id },
        { at: loggedAt, by: "ingest", what: "on the log" },
      ];
    }
    case "media.described": {
      const { outcome } = event.data;
      return [
        {
          at: loggedAt,
          by: "media",
          what: outcome.kind === "described" ? "described" : `not described: ${outcome.reason}`,
        },
      ];
    }
    case "message.deleted":
      return [{ at: loggedAt, by: "customer", what: "taken back" }];
    case "turn.completed":
    case "turn.failed":
      return [
        { at: new Date(event.time), by: "debounce", what: `turn begins with ${event.data.messageIds.length} messages` },
        { at: loggedAt, by: "brain", what: workOf(event) },
      ];
    case "reply.drafted":
      return [{ at: loggedAt, by: "brain", what: "drafted, for staff to decide", id }];
    case "reply.requested":
      return [
        {
          at: loggedAt,
          by: "brain",
          what: `reply on the log: ${event.data.messages.map(({ kind }) => kind).join(", ")}`,
          id,
        },
      ];
    case "reply.sent": {
      const again = event.data.resends === undefined ? "" : `, sent again ${event.data.resends} times`;
      return [
        { at: new Date(event.data.at), by: "outbound", what: `${ACCEPTED}: message ${event.data.index + 1}${again}` },
      ];
    }
    case "reply.failed":
      return [
        {
          at: loggedAt,
          by: event.source === "skytide/outbound" ? "outbound" : "whatsapp",
          what: `failed: ${[event.data.code, event.data.providerCode].filter(Boolean).join(" ")}`,
        },
      ];
    case "reply.accepted":
      return [{ at: loggedAt, by: "whatsapp", what: event.data.status }];
    case "reply.delivered":
      return [{ at: loggedAt, by: "whatsapp", what: "delivered" }];
    case "reply.read":
      return [{ at: loggedAt, by: "customer", what: "read" }];
    default:
      return [];
  }
}

function workOf({ data }: EventOf<"turn.completed" | "turn.failed">): string {
  if (!("usage" in data)) return `given up after ${data.attempts} attempts: ${data.code}`;
  const sum = (all: readonly { durationMs?: number | undefined }[]) =>
    Math.round(all.reduce((ms, one) => ms + (one.durationMs ?? 0), 0));
  const models = data.usage.filter(({ operation }) => operation !== "embed");
  return `committed: ${data.outcome}; ${models.length} model calls ${sum(models)} ms, ${data.tools.length} tools ${sum(data.tools)} ms`;
}
