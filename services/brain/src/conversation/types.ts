import type { ModelUsage, OutgoingMessage, ReminderAction } from "@skytide/events";
import type { DecisionName, Payload } from "./decisions.ts";

export interface Service {
  id: string;
  name: string;
  description: string | null;
  durationMinutes: number;
  priceCop: number | null;
  isBookable: boolean;
  requiresAssessment: boolean;
  /** It requires an assessment that this customer has not completed; absent where an older database answered. */
  needsAssessment?: boolean;
  assessmentServiceId: string | null;
}

interface Member {
  id: string;
  name: string;
}

/** An active future appointment of the customer who writes, as the database has it. */
export interface OwnAppointment {
  id: string;
  serviceId: string | null;
  serviceName: string | null;
  memberId: string | null;
  memberName: string | null;
  /** The organization's wall clock. */
  date: string;
  startTime: string;
  endTime: string;
  startsAt: string;
  status: string;
}

/** What may be done to an appointment that exists. */
export type Change = Payload<"change_appointment">["change"];

/** What the organization set for its agent; each has a default (settings.ts). */
interface AgentSettings {
  /** Said instead of our own greeting. */
  agentGreeting?: string | null;
  /** What an answer may rest on besides what the search finds. */
  agentPolicies?: string | null;
  /** Languages in which customers may be answered, such as `es`. */
  agentLanguages?: readonly string[] | null;
  /** Words of its own by which customers ask for a person. */
  handoffWords?: readonly string[] | null;
  /** Messages of its own by which customers end the reminders. */
  optOutWords?: readonly string[] | null;
  /** How long an offered hour may be booked without being asked for again. */
  slotTtlMinutes?: number | null;
}

/** What is true now: the database's answer at the start of the turn, with the turn's clock and name. Never stored in the snapshot. */
export interface TurnFacts {
  turnId: string;
  /** ISO, from the turn's journaled clock. */
  now: string;
  botEnabled: boolean;
  organization: {
    name: string;
    timezone: string;
    locale: string;
    agentName?: string | null;
    settings?: AgentSettings;
  };
  contact: { id: string; firstName: string | null; lastName: string | null } | null;
  services: Service[];
  members: Member[];
  appointments: OwnAppointment[];
  consent: "opt_in" | "opt_out" | null;
  openEscalation: string | null;
}

/** A tapped button of a reminder whose signature was checked: one act on one appointment at one time. */
export interface ReminderTap {
  action: ReminderAction;
  appointmentId: string;
  /** ISO; when the appointment was to begin when the reminder was written. */
  startsAt: string;
}

/** One message of the customer. `text` is what the agent reads: words, tapped title, transcript, description. */
export interface SaidMessage {
  id: string;
  kind: "text" | "tap" | "media" | "location" | "contact" | "unsupported";
  mediaType?: "image" | "audio" | "video" | "file" | "sticker";
  text: string;
  tapPayload?: string;
  /** What a reminder's button stands for; `invalid` where it was not signed by us for this conversation. */
  button?: ReminderTap | "invalid";
  /** True when the media could not be read, or not yet. */
  mediaUnreadable?: boolean;
}

/** Everything the customer wrote since the last answer, as one. */
export interface Said {
  text: string;
  messages: SaidMessage[];
  /** ISO. */
  at: string;
}

/** Who decided what the customer meant. */
export type DecidedBy = "code" | "model" | "fallback";

/** What the customer meant: the only events that a model may propose. */
export type AgentEvent = {
  [Name in DecisionName]: { type: `agent.${Name}`; by: DecidedBy } & Filled<Payload<Name>>;
}[DecisionName];

/** An empty payload adds nothing to its event; as zod infers it, it would forbid every field. */
type Filled<Fields> = Fields extends Record<string, never> ? unknown : Fields;

export type ChartEvent =
  | { type: "turn.began"; facts: TurnFacts }
  | { type: "customer.said"; said: Said }
  | AgentEvent
  /** Decided by code alone, never offered: a tap on a button that no longer stands for anything. */
  | { type: "customer.tapped_old_button" }
  /** Decided by code alone: a reminder's button. */
  | ({ type: "customer.tapped_reminder" } & ReminderTap)
  /** Decided by code alone: media that nobody could read, and no words beside it. */
  | { type: "customer.sent_unreadable"; what: "audio" | "file" }
  /** Decided by code alone: a plain yes or no to a question that is known not to have arrived. */
  | { type: "customer.answered_unseen" }
  /** Decided by code alone: "no entiendo". */
  | { type: "customer.asked_back" }
  /** Decided by code alone: no model may or can answer now, so a person has to. */
  | { type: "customer.unanswerable"; why: "spend_ceiling" | "failed_turns" }
  /** Decided by code alone: no more reminders, in whatever state. */
  | { type: "customer.opted_out" }
  /** Nothing came for as long as the organization waits before it asks once more. */
  | { type: "customer.silent" }
  /** The reply of that turn never reached the customer. */
  | { type: "reply.failed"; turnId: string }
  | { type: "effect.done"; id: string; output: unknown }
  | { type: "effect.failed"; id: string; code: string }
  | { type: "escalation.notified"; escalationId: string }
  | { type: "escalation.failed"; escalationId: string }
  /** Nobody of the team wrote for too long, or nobody could even be told after all. */
  | { type: "escalation.unanswered"; escalationId: string; reason: "no_answer" | "undelivered" }
  | { type: "bot.paused" }
  | { type: "bot.resumed" };

/** A moment of a conversation; opaque outside this folder. */
export interface Snapshot {
  readonly value: unknown;
}

/** What reaches the statechart itself: results of effects arrive as XState's done and error events. */
export type MachineEvent = Exclude<ChartEvent, { type: "effect.done" | "effect.failed" }>;

/** The tools that the chart can call; one file each in src/tools. */
export const EFFECT_KINDS = [
  "check_availability",
  "book_appointment",
  "cancel_appointment",
  "confirm_appointment",
  "reschedule_appointment",
  "search_knowledge",
  "phrase_answer",
  "raise_escalation",
  "set_bot",
  "record_consent",
] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

/** Something to perform outside; its result comes back as `effect.done` or `effect.failed` with the same id. */
export interface Effect {
  id: string;
  kind: EffectKind;
  input: unknown;
}

/** A message for the customer. `closing` marks the one that ends a hand-off: sent although the bot is off by then. */
export interface Reply {
  message: OutgoingMessage;
  closing?: true;
}

/** What the decider answers: the event to step (null: nothing to step, the agent is silent), who decided, what it cost. */
export interface Decision {
  event: ChartEvent | null;
  by: DecidedBy;
  usage: ModelUsage[];
  /** What the model could choose from; absent where it was not asked. */
  offered?: readonly string[];
  /** Why its answers were not taken, a code each. */
  refusals?: readonly string[];
}
