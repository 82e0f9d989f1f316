import { z } from "zod";
import { type Rpc, readAnswer } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

const claimSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("claimed"),
    /** The customer's platform id: full phone, digits only, or the user id. */
    destination: z.string(),
    /** The business number, digits only. */
    source: z.string(),
    appName: z.string(),
    appId: z.string().nullable(),
    apiKey: z.string(),
    /** The customer's last message by the provider's id, for the read mark. */
    inboundMessageId: z.string().nullable(),
    /** How often it failed after it was accepted. */
    resends: z.number().int(),
    /** The template that goes instead of the message. */
    templateId: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("done"),
    state: z.enum(["accepted", "rejected", "suppressed", "held"]),
    providerMessageId: z.string().nullable(),
    code: z.string().nullable(),
    resends: z.number().int(),
    asTemplate: z.boolean(),
  }),
  /** `claimedAt`: for the first time; `ageMs`: since the last time. */
  z.object({
    ...{ kind: z.literal("uncertain"), claimedAt: instant, ageMs: z.number(), attempts: z.number().int() },
    ...{ resends: z.number().int(), asTemplate: z.boolean() },
  }),
  /** The reply before this one is not settled. */
  z.object({ kind: z.literal("waiting") }),
  z.object({
    kind: z.literal("suppressed"),
    reason: z.enum(["bot_paused", "window_closed", "no_connection", "superseded"]),
    /** The organization's template for a closed window: nothing is settled yet, ask again with `asTemplate`. */
    templateId: z.string().optional(),
  }),
  /** The app's circuit is open; `waits` says whether messages wait for it. */
  z.object({
    ...{ kind: z.literal("blocked"), code: z.string(), setting: z.string(), waits: z.boolean() },
    ...{ since: instant, retryInMs: z.number() },
  }),
]);
/** What the claim of one message of a reply says. */
export type SendClaim = z.infer<typeof claimSchema>;

const receiptSchema = z.object({
  providerMessageId: z.string(),
  status: z.enum(["sent", "delivered", "read", "failed"]),
  at: instant,
});
export type UnmatchedReceipt = z.infer<typeof receiptSchema>;

const resolvedSchema = z.object({
  state: z.string(),
  sequence: z.number().int(),
  providerMessageId: z.string().nullable(),
});
type ResolvedSend = z.infer<typeof resolvedSchema> & { kind: "resolved" };
const typingSchema = z.object({ appId: z.string(), inboundMessageId: z.string() }).nullable();

const unknownSendSchema = z.object({
  organizationId: z.uuid(),
  chat: z.string().nullable(),
  replyId: z.string(),
  index: z.number().int(),
  /** The reply's place on the log. */
  sequence: z.number().int(),
  state: z.enum(["claimed", "unknown", "held"]),
  claimedAt: instant,
  attempts: z.number().int(),
});
/** A send that nobody knows the end of. */
export type UnknownSend = z.infer<typeof unknownSendSchema>;

interface SendKey {
  organizationId: string;
  chat: string;
  /** The id of the `reply.requested` event. */
  replyId: string;
  /** Which message of the reply, from 0. */
  index: number;
}

interface SendClaimRequest extends SendKey {
  /** How many messages the reply has. */
  parts: number;
  /** The reply's place on the log: a newer one that went out makes an older one superseded. */
  sequence: number;
  /** The reply that closes a hand-off goes out although the agent is off. */
  closing: boolean;
  /** The conversation's reply before this one, which has to be settled first. */
  after?: string | undefined;
  /** Take an uncertain send over, once. */
  resend?: boolean | undefined;
  /** Claim a rejected message again, for the replay of a dead letter. */
  reopen?: boolean | undefined;
  /** The organization's template goes instead, also where the window is closed. */
  asTemplate?: boolean | undefined;
  /** No answer: neither the pause, nor the window, nor what was said since counts. */
  reminder?: boolean | undefined;
}

export interface Sends {
  /** Claims a message before the call that sends it; a claim that was never settled is `uncertain`. */
  claimSend(of: SendClaimRequest): Promise<SendClaim>;
  /** Says how a claimed message went, and gives its state; `released` gives the claim back where nothing was sent, `held` leaves it to an operator. */
  settleSend(
    of: SendKey & {
      outcome: "accepted" | "rejected" | "unknown" | "released" | "held";
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<{ state: string }>;
  /** The first receipt of a conversation since then that belongs to no known message. */
  findUnmatchedReceipt(of: { organizationId: string; chat: string; since: string }): Promise<UnmatchedReceipt | null>;
  /** When the last receipt of any conversation of the organization came: whether its receipts flow at all. */
  lastReceiptAt(organizationId: string): Promise<string | null>;
  /** What an operator may have to settle, oldest first. */
  listUnknownSends(of: { limit: number }): Promise<UnknownSend[]>;
  /** An operator's word on such a send; only a held one can be sent again. */
  resolveUnknownSend(
    of: Omit<SendKey, "chat"> & { decision: "sent" | "resend" | "drop"; providerMessageId?: string | undefined },
  ): Promise<ResolvedSend | { kind: "refused"; code: string }>;
  /** Whom to show that an answer is being written; null where there is nobody who waits for one. */
  typingTarget(of: {
    organizationId: string;
    chat: string;
  }): Promise<{ appId: string; inboundMessageId: string } | null>;
}

/** The functions of outbound. */
export function createSends(rpc: Rpc): Sends {
  const key = ({ organizationId, chat, replyId, index }: SendKey) => ({
    p_organization_id: organizationId,
    p_chat: chat,
    p_reply_id: replyId,
    p_index: index,
  });
  return {
    claimSend: async (of) => {
      const { parts, sequence, closing, after, resend, reopen, asTemplate, reminder } = of;
      const parameters = {
        ...key(of),
        ...{ p_parts: parts, p_sequence: sequence, p_closing: closing },
        ...{ p_after: after, p_resend: resend, p_reopen: reopen, p_as_template: asTemplate, p_reminder: reminder },
      };
      return (await rpc.call("begin_send", parameters, z.object({ claim: claimSchema }))).claim;
    },
    settleSend: (of) =>
      rpc.call(
        "settle_send",
        { ...key(of), p_outcome: of.outcome, p_provider_message_id: of.providerMessageId, p_code: of.code },
        z.object({ state: z.string() }),
      ),
    findUnmatchedReceipt: async ({ organizationId, chat, since }) =>
      (
        await rpc.call(
          "find_unmatched_receipt",
          { p_organization_id: organizationId, p_chat: chat, p_since: since },
          z.object({ receipt: receiptSchema.nullable() }),
        )
      ).receipt,
    lastReceiptAt: async (organizationId) =>
      (await rpc.call("last_receipt_at", { p_organization_id: organizationId }, z.object({ at: instant.nullable() })))
        .at,
    listUnknownSends: async ({ limit }) =>
      (await rpc.call("list_unknown_sends", { p_limit: limit }, z.object({ sends: z.array(unknownSendSchema) }))).sends,
    resolveUnknownSend: async ({ organizationId, replyId, index, decision, providerMessageId }) => {
      const answer = await rpc.answer("resolve_unknown_send", {
        ...{ p_organization_id: organizationId, p_reply_id: replyId, p_index: index },
        ...{ p_decision: decision, p_provider_message_id: providerMessageId },
      });
      if (!answer.ok) return { kind: "refused", code: answer.code };
      return { kind: "resolved", ...readAnswer("resolve_unknown_send", answer.send, resolvedSchema) };
    },
    typingTarget: async ({ organizationId, chat }) =>
      (
        await rpc.call(
          "typing_target",
          { p_organization_id: organizationId, p_chat: chat },
          z.object({ target: typingSchema }),
        )
      ).target,
  };
}
