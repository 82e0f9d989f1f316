import { dueSubject, timerSubject } from "@skytide/events";
import { burstDueAt, type Debounce } from "./debounce.ts";

/** Time of the first unanswered message of a burst; travels on the timer and on what it fires. */
export const FIRST_AT_HEADER = "Skytide-First-At";
const WAITING_HEADER = "Skytide-Waiting";

/** The part of the log that timers need. */
export interface TimerLog {
  schedule(timer: {
    subject: string;
    target: string;
    at: Date;
    headers?: Record<string, string>;
    ifAbsent?: boolean;
  }): Promise<void>;
  readTimer(subject: string): Promise<{ at: Date; headers: Record<string, string> } | null>;
  fire(subject: string, headers?: Record<string, string>): Promise<void>;
}

interface ConversationId {
  organizationId: string;
  chat: string;
}

/** The one place that decides when a conversation gets its next turn. */
export interface TurnTimers {
  /** A message to wait with: moves the timer, keeping the time of the burst's first message. */
  armBurst(conversation: ConversationId, firstAt: Date): Promise<void>;
  /** Something that cannot get better by waiting. */
  armNow(conversation: ConversationId, firstAt: Date): Promise<void>;
  /** Look again later: a busy conversation or media without its description; a timer that is already armed is enough. */
  armLater(conversation: ConversationId, at: Date, why: "busy" | "media", firstAt: Date): Promise<void>;
  /** A description came: the turn that waits for it (or nobody, if a burst is still open) need not wait any longer. */
  armIfWaiting(conversation: ConversationId, firstAt: Date): Promise<void>;
  /** Nobody looks after this conversation: starts its turn unless a timer is pending after all; says whether it did. */
  armUnlessPending(conversation: ConversationId, firstAt: Date): Promise<boolean>;
  /** When an unanswered proposal is asked about once; moves the one armed before. What is answered by then is not asked about. */
  armNudge(conversation: ConversationId, at: Date): Promise<void>;
}

/** Turn timers on the log's schedules; `debounceOf` knows an organization's own debounce, `now` is the clock. */
export function createTurnTimers(
  log: TimerLog,
  debounceOf: (organizationId: string) => Debounce,
  now: () => Date,
): TurnTimers {
  const subjects = ({ organizationId, chat }: ConversationId) => ({
    subject: timerSubject("turn", organizationId, chat),
    target: dueSubject("turn", organizationId, chat),
  });

  async function armNow(conversation: ConversationId, firstAt: Date): Promise<void> {
    await log.fire(subjects(conversation).target, { [FIRST_AT_HEADER]: firstAt.toISOString() });
  }

  return {
    armNow,
    async armBurst(conversation, firstAt) {
      const debounce = debounceOf(conversation.organizationId);
      if (debounce.debounceMs === 0) return armNow(conversation, firstAt);
      const { subject, target } = subjects(conversation);
      const pending = await log.readTimer(subject);
      const first = earliest(firstAt, pending?.headers[FIRST_AT_HEADER]);
      const at = burstDueAt(now(), first, debounce);
      await log.schedule({ subject, target, at, headers: { [FIRST_AT_HEADER]: first.toISOString() } });
    },
    async armLater(conversation, at, why, firstAt) {
      const { subject, target } = subjects(conversation);
      const headers = { [FIRST_AT_HEADER]: firstAt.toISOString(), [WAITING_HEADER]: why };
      await log.schedule({ subject, target, at, headers, ifAbsent: true });
    },
    async armIfWaiting(conversation, firstAt) {
      const pending = await log.readTimer(subjects(conversation).subject);
      const burstIsOpen = pending !== null && pending.headers[WAITING_HEADER] === undefined;
      if (!burstIsOpen) await armNow(conversation, firstAt);
    },
    async armUnlessPending(conversation, firstAt) {
      if ((await log.readTimer(subjects(conversation).subject)) !== null) return false;
      await armNow(conversation, firstAt);
      return true;
    },
    async armNudge({ organizationId, chat }, at) {
      const subject = timerSubject("nudge", organizationId, chat);
      await log.schedule({ subject, target: dueSubject("nudge", organizationId, chat), at });
    },
  };
}

function earliest(date: Date, other: string | undefined): Date {
  const otherDate = other === undefined ? date : new Date(other);
  return otherDate < date ? otherDate : date;
}
