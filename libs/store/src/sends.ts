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
  }),
  z.object({
    kind: z.literal("done"),
    state: z.enum(["accepted", "rejected", "held"]),
    providerMessageId: z.string().nullable(),
  }),
  z.object({ kind: z.literal("uncertain"), claimedAt: instant, attempts: z.number().int() }),
  z.object({ kind: z.literal("suppressed"), reason: z.enum(["bot_paused", "window_closed", "no_connection"]) }),
]);
/** What the claim of one message of a reply says. */
export type SendClaim = z.infer<typeof claimSchema>;

const receiptSchema = z.object({
  providerMessageId: z.string(),
  status: z.enum(["sent", "delivered", "read", "failed"]),
  at: instant,
});
export type UnmatchedReceipt = z.infer<typeof receiptSchema>;

interface SendKey {
  organizationId: string;
  /** The id of the `reply.requested` event. */
  replyId: string;
  /** Which message of the reply, from 0. */
  index: number;
}

export interface Sends {
  /** Claims a message before the call that sends it; a claim that was never settled is `uncertain`, and `resend` takes it over once. */
  claimSend(of: SendKey & { chat: string; closing: boolean; resend?: boolean | undefined }): Promise<SendClaim>;
  /** Says how a claimed message went; `released` gives the claim back where nothing was sent, `held` leaves it to an operator. */
  settleSend(
    of: SendKey & {
      outcome: "accepted" | "rejected" | "unknown" | "released" | "held";
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<void>;
  /** The first receipt of a conversation since then that belongs to no known message. */
  findUnmatchedReceipt(of: { organizationId: string; chat: string; since: string }): Promise<UnmatchedReceipt | null>;
  /** When the last receipt of any conversation of the organization came: whether its receipts flow at all. */
  lastReceiptAt(organizationId: string): Promise<string | null>;
}

/** The functions of outbound. */
export function createSends(rpc: Rpc): Sends {
  const key = ({ organizationId, replyId, index }: SendKey) => ({
    p_organization_id: organizationId,
    p_reply_id: replyId,
    p_index: index,
  });
  return {
    claimSend: async (of) =>
      (
        await rpc.call(
          "claim_send",
          { ...key(of), p_chat: of.chat, p_closing: of.closing, p_resend: of.resend },
          z.object({ claim: claimSchema }),
        )
      ).claim,
    settleSend: async (of) => {
      await rpc.call(
        "settle_send",
        { ...key(of), p_outcome: of.outcome, p_provider_message_id: of.providerMessageId, p_code: of.code },
        z.object({}),
      );
    },
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
  };
}
