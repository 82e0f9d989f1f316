/** The lanes of a conversation; what each carries: docs/events.md. */
export const LANES = ["inbound", "state", "turn", "reply", "receipt", "appointment", "contact", "handoff"] as const;
export type Lane = (typeof LANES)[number];
/** The lanes that other systems may read; what a conversation remembers is nobody's but the brain's. */
export const PUBLIC_LANES = LANES.filter((lane) => lane !== "state");

/** What a timer is for; its schedule stands on `timer.<kind>…`, what it fires on `due.<kind>…`. */
export const TIMER_KINDS = ["turn", "nudge", "reminder", "handoff"] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

/** The five stages. */
export const STAGES = ["ingest", "media", "brain", "outbound", "notifier"] as const;
export type Stage = (typeof STAGES)[number];

const token = /^[A-Za-z0-9_-]+$/;

function join(...tokens: readonly string[]): string {
  for (const part of tokens)
    if (!token.test(part)) throw new RangeError("a subject token holds a character that is not allowed");
  return tokens.join(".");
}

/** `conv.<org>.<chat>.<lane>`: one lane of one conversation. Throws RangeError on a token with other characters. */
export function conversationSubject(organizationId: string, chat: string, lane: Lane): string {
  return join("conv", organizationId, chat, lane);
}

/** The parts of a conversation subject, or null where it is none. */
export function parseConversationSubject(subject: string): { organizationId: string; chat: string; lane: Lane } | null {
  const [root, organizationId, chat, lane, ...rest] = subject.split(".");
  if (root !== "conv" || !organizationId || !chat || rest.length > 0) return null;
  const known = LANES.find((name) => name === lane);
  return known ? { organizationId, chat, lane: known } : null;
}

/** `timer.<kind>.<org>.<key>`: where a timer's schedule stands; `key` is the chat or the appointment. */
export function timerSubject(kind: TimerKind, organizationId: string, key: string): string {
  return join("timer", kind, organizationId, key);
}

/** `due.<kind>.<org>.<key>`: where a timer fires. */
export function dueSubject(kind: TimerKind, organizationId: string, key: string): string {
  return join("due", kind, organizationId, key);
}

/** The parts of a timer's or fired timer's subject, or null where it is neither. */
export function parseTimerSubject(subject: string): { kind: TimerKind; organizationId: string; key: string } | null {
  const [root, kind, organizationId, key, ...rest] = subject.split(".");
  if ((root !== "timer" && root !== "due") || !organizationId || !key || rest.length > 0) return null;
  const known = TIMER_KINDS.find((name) => name === kind);
  return known ? { kind: known, organizationId, key } : null;
}

/** `dead.<stage>.<org>.<chat>`: what a stage gave up on. */
export function deadLetterSubject(stage: Stage, organizationId: string, chat: string): string {
  return join("dead", stage, organizationId, chat);
}

/** `retry.<stage>.<org>.<chat>`: a dead letter given back to its stage, read by that stage alone. */
export function retrySubject(stage: Stage, organizationId: string, chat: string): string {
  return join("retry", stage, organizationId, chat);
}

/** `ops.<org>.<kind>`: audit, misconfiguration, receipts of staff notices. */
export function operationsSubject(organizationId: string, kind: string): string {
  return join("ops", organizationId, kind);
}
