import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const noticeSchema = z.object({
  chat: z.string(),
  state: z.enum(["raised", "notified"]),
  /** Full phones, digits only. */
  recipients: z.array(
    z.object({
      phone: z.string(),
      /** Told when none of the others can be reached, and from the second time on. */
      alternative: z.boolean(),
    }),
  ),
  /** How often staff were told, the first time included. */
  rounds: z.number().int(),
  /** The provider refused the notices' template within the last hour. */
  templateRefused: z.boolean(),
  customerName: z.string(),
  customerPhone: z.string().nullable(),
  reason: z.string(),
  summary: z.string(),
  organizationName: z.string(),
  timezone: z.string(),
  locale: z.string(),
  raisedAt: z.iso.datetime({ offset: true }),
});
/** What staff are told about an escalation, and who is told. */
export type Notice = z.infer<typeof noticeSchema>;

const claimSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("new") }),
  z.object({ kind: z.literal("accepted") }),
  z.object({ kind: z.literal("rejected") }),
  z.object({ kind: z.literal("unknown"), ageMs: z.number(), attempts: z.number().int() }),
]);
/** What the claim of one person's notice says. */
export type NoticeClaim = z.infer<typeof claimSchema>;

const failedSchema = z.object({
  organizationId: z.uuid(),
  escalationId: z.uuid(),
  chat: z.string().nullable(),
  /** False once the escalation is closed. */
  open: z.boolean(),
  round: z.number().int(),
  /** How many people the escalation's notices reached, or still may. */
  standing: z.number().int(),
});
/** A notice that the provider took and failed afterwards. */
type FailedNotice = z.infer<typeof failedSchema>;

interface NoticeKey {
  organizationId: string;
  escalationId: string;
  /** Full phone, digits only. */
  phone: string;
}

export interface Notices {
  /** The facts of an escalation's notices; null where the escalation is closed already. */
  beginNotice(of: { organizationId: string; escalationId: string }): Promise<Notice | null>;
  /** Claims one person's notice before the call: `new` is ours to send, `unknown` was begun and never settled; `resend` takes that over, once; a later `round` tells the person anew. */
  claimNotice(of: NoticeKey & { resend?: boolean | undefined; round?: number | undefined }): Promise<NoticeClaim>;
  /** Says how a claimed notice went; `released` gives the claim back where nothing was sent. */
  settleNotice(
    of: NoticeKey & {
      outcome: "accepted" | "rejected" | "unknown" | "released";
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<void>;
  /** Says that staff were told once more. */
  settleNoticeRound(of: { organizationId: string; escalationId: string; round: number }): Promise<void>;
  /** Says that the provider failed a notice that it had taken; null where the notice is not known, or was told anew since. */
  failNotice(of: { providerMessageId: string; code: string }): Promise<FailedNotice | null>;
}

/** The functions of the notifier. */
export function createNotices(rpc: Rpc): Notices {
  const key = ({ organizationId, escalationId, phone }: NoticeKey) => ({
    p_organization_id: organizationId,
    p_escalation_id: escalationId,
    p_phone: phone,
  });
  return {
    beginNotice: async ({ organizationId, escalationId }) =>
      (
        await rpc.call(
          "begin_notice",
          { p_organization_id: organizationId, p_escalation_id: escalationId },
          z.object({ notice: noticeSchema.nullable() }),
        )
      ).notice,
    claimNotice: async (of) =>
      (
        await rpc.call(
          "claim_notice",
          { ...key(of), p_resend: of.resend, p_round: of.round },
          z.object({ claim: claimSchema }),
        )
      ).claim,
    settleNotice: async (of) => {
      await rpc.call(
        "settle_notice",
        { ...key(of), p_outcome: of.outcome, p_provider_message_id: of.providerMessageId, p_code: of.code },
        z.object({}),
      );
    },
    settleNoticeRound: async ({ organizationId, escalationId, round }) => {
      await rpc.call(
        "settle_notice_round",
        { p_organization_id: organizationId, p_escalation_id: escalationId, p_round: round },
        z.object({}),
      );
    },
    failNotice: async ({ providerMessageId, code }) =>
      (
        await rpc.call(
          "fail_notice",
          { p_provider_message_id: providerMessageId, p_code: code },
          z.object({ notice: failedSchema.nullable() }),
        )
      ).notice,
  };
}
