export {
  isReminderPayload,
  REMINDER_ACTIONS,
  type ReminderAction,
  type ReminderButton,
  readButton,
  signButton,
} from "./button-payload.ts";
export {
  type ConversationEvent,
  type ConversationEventType,
  conversationEventSchema,
  createEvent,
  type EventDraft,
  type EventOf,
  LANE_OF,
  parseEvent,
} from "./catalogue.ts";
export type {
  BotPaused,
  BotResumed,
  EscalationFailed,
  EscalationNotified,
  EscalationRaised,
  EscalationRenotified,
  EscalationUnanswered,
} from "./handoff-events.ts";
export {
  chatOf,
  derivedEventId,
  type HashKeys,
  hashKeysSchema,
  inboundEventId,
  opaqueId,
  randomEventId,
} from "./ids.ts";
export type { MediaDescribed, MessageDeleted } from "./inbound-events.ts";
export type { MediaType, MessageContent, MessageReceived } from "./message-received.ts";
export {
  createNoticeReceipt,
  createTemplateChanged,
  type NoticeReceipt,
  noticeReceiptSchema,
  type TemplateChanged,
  templateChangedSchema,
} from "./notice-events.ts";
export { FLEET, type OperatorActed, operatorActedSchema } from "./operator-acted.ts";
export { type OrganizationMisconfigured, organizationMisconfiguredSchema } from "./organization-misconfigured.ts";
export { type OrganizationSpendReached, organizationSpendReachedSchema } from "./organization-spend-reached.ts";
export { PERSONAL } from "./personal.ts";
export type {
  ReplyAccepted,
  ReplyDelivered,
  ReplyEchoed,
  ReplyFailed,
  ReplyRead,
  ReplySent,
} from "./receipt-events.ts";
export type { OutgoingMessage, ReplyRequested, TemplateMessage } from "./reply-requested.ts";
export {
  conversationSubject,
  deadLetterSubject,
  dueSubject,
  LANES,
  type Lane,
  operationsSubject,
  PUBLIC_LANES,
  parseConversationSubject,
  parseTimerSubject,
  retrySubject,
  STAGES,
  type Stage,
  TIMER_KINDS,
  type TimerKind,
  timerSubject,
} from "./subjects.ts";
export type {
  ConversationCursor,
  ModelUsage,
  PlainFacts,
  ReplyDrafted,
  StateCommitted,
  TurnCompleted,
  TurnFailed,
} from "./turn-events.ts";
export { HIDDEN, withoutPersonalData } from "./without-personal-data.ts";
