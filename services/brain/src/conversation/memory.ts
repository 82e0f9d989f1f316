import { z } from "zod";
import { LANGUAGES, type Language, languageOf } from "./languages.ts";
import type { ReminderTap, Said, SaidMessage, TurnFacts } from "./types.ts";

const timeWishSchema = z.object({
  at: z.array(z.number()),
  exact: z.boolean(),
  from: z.number().nullable(),
  until: z.number().nullable(),
});

export const slotSchema = z.object({
  id: z.string(),
  startsAt: z.string(),
  date: z.string(),
  startTime: z.string(),
  endTime: z.string(),
  memberId: z.string(),
  memberName: z.string(),
});
/** A start that the database offered for a service with a member; date and times are the organization's wall clock. */
export type Slot = z.infer<typeof slotSchema>;

const bookingSchema = z.object({
  serviceId: z.string().nullable(),
  /** Services that the words may mean: one is asked back, several are listed. */
  guesses: z.array(z.string()),
  memberId: z.string().nullable(),
  day: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** Dates between which only the customer can choose. */
  dayReadings: z.array(z.string()),
  time: timeWishSchema.nullable(),
  /** What was offered last, and when the database said so. */
  slots: z.array(slotSchema),
  checkedAt: z.string().nullable(),
  /** Starts offered before and passed over. */
  passedOver: z.array(z.string()),
  slot: slotSchema.nullable(),
  name: z.object({ first: z.string(), last: z.string().nullable() }).nullable(),
  /** Why the next question is asked again. */
  remark: z.enum(["unknown_service", "past_day", "impossible_day"]).nullable(),
});
export type Booking = z.infer<typeof bookingSchema>;

const changeSchema = z.object({
  kind: z.enum(["cancel", "move", "confirm"]),
  /** The customer's own appointment; null until it is known which. */
  appointmentId: z.string().nullable(),
  /** Those that fit what was said. */
  guesses: z.array(z.string()),
  /** None fitted what was said. */
  notFound: z.boolean(),
});
/** What is being done to an appointment that exists; where a move is to, stands in the booking. */
export type Changing = z.infer<typeof changeSchema>;

const proposalSchema = z.object({
  /** Also the idempotency key of what a yes sets off. */
  id: z.string(),
  kind: z.enum(["booking", "service", "assessment", "cancellation", "confirmation", "move", "person", "reminders"]),
  /** What exactly was proposed: the same subject shown again is the same proposal. */
  subject: z.string(),
  slot: slotSchema.nullable(),
  shownInTurn: z.string(),
  /** The question is known not to have arrived: words cannot answer it. */
  unseen: z.boolean(),
});
export type Proposal = z.infer<typeof proposalSchema>;

const passageSchema = z.object({ title: z.string(), content: z.string() });
export type Passage = z.infer<typeof passageSchema>;

/** What a conversation remembers from turn to turn: the stored part of the chart's context. */
export const memorySchema = z.object({
  booking: bookingSchema.nullable(),
  change: changeSchema.nullable(),
  proposal: proposalSchema.nullable(),
  question: z
    .object({ text: z.string(), serviceId: z.string().nullable(), passages: z.array(passageSchema) })
    .nullable(),
  /** The service talked about last: "quiero agendarlo" means this one. */
  topic: z.string().nullable(),
  /** Why a person is being offered, and the escalation that was raised. */
  handoffReason: z.enum(["user_asked", "low_confidence", "policy", "tool_failure"]).nullable(),
  escalationId: z.string().nullable(),
  reminders: z.object({ contactId: z.string(), answer: z.enum(["opt_in", "opt_out"]).nullable() }).nullable(),
  /** The customer was asked about reminders: once is enough. */
  remindersAsked: z.boolean(),
  /** The proposal on the table was recalled after a silence; the next word of the customer forgets it. */
  nudged: z.boolean(),
  /** The language that the customer writes in; null until it shows. */
  language: z.enum(LANGUAGES).nullable(),
  /** Bursts heard so far, and the latest that was not understood with how many before it in a row. */
  heardCount: z.number(),
  missed: z.object({ at: z.number(), inARow: z.number() }),
  offerCount: z.number(),
});
type Memory = z.infer<typeof memorySchema>;

/** The customer's words that wait for a decision; gone once the agent listens again. */
export interface Heard {
  turnId: string;
  /** Everything the agent can read of the burst. */
  text: string;
  /** The customer's own words only: typed, tapped, spoken; no description of a picture. */
  words: string;
  /** The payload where the whole burst is one tapped button. */
  tap: string | null;
  /** What that button stands for, where it is a reminder's. */
  button?: ReminderTap | "invalid";
  /** The language that the words show, if they show one. */
  language: Language | null;
  /** What of the burst nobody could read. */
  unread: "audio" | "file" | null;
}

export interface Context extends Memory {
  facts: TurnFacts | null;
  heard: Heard | null;
}

/** A conversation in which nothing was said yet. */
export function emptyContext(): Context {
  return {
    booking: null,
    change: null,
    proposal: null,
    question: null,
    topic: null,
    handoffReason: null,
    escalationId: null,
    reminders: null,
    remindersAsked: false,
    nudged: false,
    language: null,
    heardCount: 0,
    missed: { at: -1, inARow: 0 },
    offerCount: 0,
    facts: null,
    heard: null,
  };
}

/** A booking of which nothing is known yet. */
export function emptyBooking(): Booking {
  return {
    serviceId: null,
    guesses: [],
    memberId: null,
    day: null,
    dayReadings: [],
    time: null,
    slots: [],
    checkedAt: null,
    passedOver: [],
    slot: null,
    name: null,
    remark: null,
  };
}

const MAX_WORDS = 4_096;

/** What is kept of a burst while it is decided. */
export function toHeard(said: Said, turnId: string): Heard {
  const own = said.messages.filter(({ kind, mediaType }) => kind === "text" || kind === "tap" || mediaType === "audio");
  const payloads = new Set(said.messages.map(({ tapPayload }) => tapPayload ?? null));
  const [tap = null] = payloads;
  const [button] = said.messages.flatMap((message) => message.button ?? []);
  const spoken = own.filter(({ tapPayload }) => tapPayload === undefined);
  return {
    turnId,
    text: said.text.slice(0, MAX_WORDS),
    words: wordsOf(own),
    tap: payloads.size === 1 ? tap : null,
    ...(payloads.size === 1 && button !== undefined ? { button } : {}),
    language: languageOf(wordsOf(spoken)),
    unread: unreadIn(said.messages),
  };
}

function wordsOf(messages: readonly SaidMessage[]): string {
  return messages
    .map(({ text }) => text)
    .join("\n")
    .slice(0, MAX_WORDS);
}

/** Words that can be read, and beside them something that nobody could; a sticker beside words is only mood. */
export function isUnreadBeside(said: Said): boolean {
  const rest = said.messages.filter(({ mediaType }) => mediaType !== "sticker");
  return said.text.trim() !== "" && unreadIn(rest) !== null;
}

function unreadIn(messages: readonly SaidMessage[]): Heard["unread"] {
  const unread = messages.filter(({ kind, mediaUnreadable }) => mediaUnreadable === true || kind === "unsupported");
  if (unread.length === 0) return null;
  return unread.every(({ mediaType }) => mediaType === "audio") ? "audio" : "file";
}
