import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

/** What an operator can pause: an organization, one of its numbers (by its app's name), one conversation. */
export const PAUSE_SCOPES = ["org", "bot", "conversation"] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** What is paused; `key` is the app or the chat, empty for the organization. */
export interface PauseTarget {
  organizationId: string;
  scope: PauseScope;
  key: string;
}

const facts = { reason: z.string(), by: z.string(), since: instant, until: instant.nullable() };
const waiting = z.number().int();

const targetSchema = z.object({
  organizationName: z.string(),
  /** Null: it is not paused. */
  pause: z.object(facts).nullable(),
  /** Conversations that wait for its end. */
  waiting,
});
export type FoundPause = z.infer<typeof targetSchema>;

const pauseSchema = z.object({
  ...facts,
  organizationId: z.uuid(),
  organizationName: z.string(),
  scope: z.enum(PAUSE_SCOPES),
  key: z.string(),
  waiting,
});
export type Pause = z.infer<typeof pauseSchema>;

const resumedSchema = z.object({ organizationId: z.uuid(), chat: z.string(), since: instant });
/** A conversation whose turn came while a pause held it; the pause is over. */
type ResumedChat = z.infer<typeof resumedSchema>;

const takenSchema = z.object({
  chats: z.array(resumedSchema),
  paused: z.object({ org: waiting, bot: waiting, conversation: waiting }),
});

export interface Pauses {
  /** What a pause would hold; null where there is nothing of that name. */
  findPause(target: PauseTarget): Promise<FoundPause | null>;
  /** Pauses, or changes the pause that is there. */
  pauseAgent(pause: PauseTarget & { reason: string; by: string; until: Date | null }): Promise<void>;
  resumeAgent(target: PauseTarget): Promise<{ resumed: boolean }>;
  listPauses(): Promise<Pause[]>;
  isPaused(of: { organizationId: string; chat: string }): Promise<boolean>;
  /** Conversations whose pause is over, under a lease of half a minute; and how many pauses there are. */
  takeResumedChats(limit: number): Promise<{ chats: ResumedChat[]; paused: Record<PauseScope, number> }>;
  /** Their turn is armed. */
  settleResumedChat(of: { organizationId: string; chat: string }): Promise<void>;
}

/** The functions about operators' pauses. */
export function createPauses(rpc: Rpc): Pauses {
  const named = ({ organizationId, scope, key }: PauseTarget) => ({
    p_organization_id: organizationId,
    p_scope: scope,
    p_key: key,
  });
  const chatOf = (of: { organizationId: string; chat: string }) => ({
    p_organization_id: of.organizationId,
    p_chat: of.chat,
  });
  const nothing = z.object({});
  return {
    findPause: async (target) =>
      (await rpc.call("find_pause", named(target), z.object({ target: targetSchema.nullable() }))).target,
    async pauseAgent({ reason, by, until, ...target }) {
      const given = { ...named(target), p_reason: reason, p_by: by };
      await rpc.call("pause_agent", until === null ? given : { ...given, p_until: until.toISOString() }, nothing);
    },
    resumeAgent: (target) => rpc.call("resume_agent", named(target), z.object({ resumed: z.boolean() })),
    listPauses: async () => (await rpc.call("list_pauses", {}, z.object({ pauses: z.array(pauseSchema) }))).pauses,
    isPaused: async (of) => (await rpc.call("is_paused", chatOf(of), z.object({ paused: z.boolean() }))).paused,
    takeResumedChats: (limit) => rpc.call("take_resumed_chats", { p_limit: limit }, takenSchema),
    async settleResumedChat(of) {
      await rpc.call("settle_resumed_chat", chatOf(of), nothing);
    },
  };
}
