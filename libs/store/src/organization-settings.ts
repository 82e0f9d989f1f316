import { z } from "zod";

const minutes = z.number().int();
const clock = z.string().regex(/^\d{2}:\d{2}$/);

const rolloutSchema = z.object({
  /** Share of the conversations, 0 to 100. */
  percent: z.number().int().min(0).max(100),
  prompt: z.string().nullish(),
  model: z.string().nullish(),
  /** That share only drafts its replies. */
  draft: z.boolean().nullish(),
});
/** What a share of an organization's conversations gets instead of the rest. */
export type Rollout = z.infer<typeof rolloutSchema>;

/** What an organization decides about its agent; each is a column of `organizations` (docs/organization-settings.md). */
export const organizationSettingsSchema = z.object({
  /** The organization's own switch: false stops all answering, not the recording. */
  agentEnabled: z.boolean(),
  slotStepMinutes: minutes,
  minNoticeMinutes: minutes,
  bookingHorizonDays: z.number().int(),
  cancelNoticeMinutes: minutes,
  /** After how many quiet minutes the agent comes back by itself; null: only a person switches it on. */
  quietMinutes: minutes.nullable(),
  /** How long before an appointment its reminder is sent; null: none. */
  reminderMinutes: minutes.nullable(),
  /** Two-letter languages that the agent may answer in; the first is the one it begins with. */
  agentLanguages: z.array(z.string()).min(1),
  agentGreeting: z.string().nullable(),
  agentPolicies: z.string().nullable(),
  /** Words that ask for a person, besides the built-in ones. */
  handoffWords: z.array(z.string()),
  /** Words that take the consent back, besides the built-in ones. */
  optOutWords: z.array(z.string()),
  /** Quiet time before an answer; null: the fleet's. */
  debounceMs: z.number().int().nullable(),
  /** After how many minutes an unanswered proposal is asked about once; null: never. */
  nudgeMinutes: minutes.nullable(),
  /** How long an offered hour may be booked from. */
  slotTtlMinutes: minutes,
  bufferBeforeMinutes: minutes,
  bufferAfterMinutes: minutes,
  /** null: the fleet's. */
  chatModel: z.string().nullable(),
  /** null: the newest. */
  promptVersion: z.string().nullable(),
  rollout: rolloutSchema.nullable(),
  /** Replies are shown to staff and not sent, and nothing is done without a person. */
  draftMode: z.boolean(),
  /** Ceiling of what models may cost in one day of the organization; null: none. */
  dailySpendUsd: z.number().nullable(),
  /** After how many failed turns in a row a person is asked for. */
  maxFailedTurns: z.number().int(),
  /** After how many minutes an unanswered hand-off is notified again; null: once only. */
  renotifyMinutes: minutes.nullable(),
  /** After how many minutes the customer is told that nobody has answered; null: never. */
  handoffGiveUpMinutes: minutes.nullable(),
  /** Traces carry the customer's words. */
  traceContent: z.boolean(),
  /** `HH:MM` on the organization's clock, between which reminders and nudges wait; null: no quiet hours. */
  quietHoursStart: clock.nullable(),
  quietHoursEnd: clock.nullable(),
  reminderTemplateId: z.string().nullable(),
  /** Sent instead of a reply where the 24-hour window has closed; null: nothing is. */
  replyTemplateId: z.string().nullable(),
  /** Messages of the organization that one replica works on at once; null: the stage's. */
  maxConcurrency: z.number().int().nullable(),
});
export type OrganizationSettings = z.infer<typeof organizationSettingsSchema>;
