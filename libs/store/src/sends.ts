import { z } from "zod";
import type { Rpc } from "./rpc.ts";

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
  }),
  z.object({
    kind: z.literal("done"),
    state: z.enum(["accepted", "rejected", "suppressed", "held"]),
    providerMessageId: z.string().nullable(),
    code: z.string().nullable(),
  }),
  /** `claimedAt`: for the first time; `ageMs`: since the last time. */
  z.object({ kind: z.literal("uncertain"), claimedAt: instant, ageMs: z.number(), attempts: z.number().int() }),
  /** The reply before this one is not settled. */
  z.object({ kind: z.literal("waiting") }),
  z.object({
    kind: z.literal("suppressed"),
    reason: z.enum(["bot_paused", "window_closed", "no_connection", "superseded"]),
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

const unknownSendSchema = z.object({
  organizationId: z.uuid(),
  replyId: z.string(),
  index: z.number().int(),
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
      const { parts, sequence, closing, after, resend, reopen } = of;
      const parameters = {
        ...key(of),
        ...{ p_parts: parts, p_sequence: sequence, p_closing: closing },
        ...{ p_after: after, p_resend: resend, p_reopen: reopen },
      };
      return (await rpc.call("claim_send", parameters, z.object({ claim: claimSchema }))).claim;
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
  };
}
